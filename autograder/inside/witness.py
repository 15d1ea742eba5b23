import json, os, threading


def begin(requests, reports):
    def listen():
        with os.fdopen(requests) as lines:
            for line in lines:
                number, during = json.loads(line)
                os.write(reports, json.dumps({"answer": number}).encode() + b"\n")
        os._exit(1)

    threading.Thread(target=listen, daemon=True).start()
