"""Engine.IO and Socket.IO packets that a page of Reflex sends.

Relies on: a page speaks Engine.IO 4 and Socket.IO 5 in text packets, joins the namespace `/_event`
and sends its events there without asking for acknowledgement.
"""

CONNECT = "40/_event,"
EVENT = "42/_event,"
DISCONNECT = "41/_event,"
PONG = "3"
CLOSE = "1"
