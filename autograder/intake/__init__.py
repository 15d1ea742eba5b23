"""Whoever handed it in, whatever lies beside it: submissions from any system's download."""

from autograder.intake.records import Intake, IntakeError, ManifestEntry, Submission
from autograder.intake.take import take_in

__all__ = ["Intake", "IntakeError", "ManifestEntry", "Submission", "take_in"]
