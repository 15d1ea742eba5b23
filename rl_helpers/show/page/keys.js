// JupyterLab's shortcuts stay away from what is typed into `element` (d, d would delete the cell), except those with Ctrl
// or Cmd: Ctrl+S still saves.
function keepKeys(element) {
  const keep = ({ ctrlKey, metaKey }) => element.toggleAttribute("data-lm-suppress-shortcuts", !(ctrlKey || metaKey));
  for (const moment of ["focusin", "keydown", "keyup"]) element.addEventListener(moment, keep);
}
