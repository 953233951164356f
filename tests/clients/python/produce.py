"""Writes numbered rows exactly once through connections that break, as a producer of varve.v1, over gRPC's C core (Debian's python3-grpcio).

Arguments: one JSON object { port, stream, producer, stop }; it writes until the file "stop" is there. Prints { "produce": { ok: rows written } }.
"""

import collections
import json
import os
import queue
import sys
import time

import grpc
from varve.v1 import producers_pb2 as producers
from varve.v1 import producers_pb2_grpc as producers_grpc
from varve.v1 import streams_pb2 as streams
from varve.v1 import streams_pb2_grpc as streams_grpc

UNANSWERED_MAX = 16
RETRY_S = 0.02
RETRIED = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL, grpc.StatusCode.CANCELLED)

arguments = json.loads(sys.argv[1])


def connect():
    # A channel of its own each time: the one that lost its connection waits ever longer before it tries again.
    return grpc.insecure_channel("127.0.0.1:%d" % arguments["port"], options=[("grpc.use_local_subchannel_pool", 1)])


def patiently(call):
    """Repeats a call until it is answered."""
    while True:
        try:
            with connect() as channel:
                return call(channel)
        except grpc.RpcError as e:
            if e.code() not in RETRIED:
                raise
            time.sleep(RETRY_S)


def row(session, number):
    text = json.dumps({"producer": arguments["producer"], "n": number}).encode()
    sequence = producers.ProducerSequence(producer_id=session.id, epoch=session.epoch, sequence=number)
    return streams.AppendRequest(stream=arguments["stream"], request_id=number, json=text, producer=sequence)


def produce():
    session = patiently(lambda c: producers_grpc.ProducersStub(c).OpenProducer(producers.OpenProducerRequest(name=arguments["producer"]))).producer
    state = {"next": session.next_sequence}
    unanswered = collections.deque()

    def one_call(channel):
        """Sends again what has no answer, then goes on, with a bounded number under way."""
        requests = queue.Queue()
        for number in unanswered:
            requests.put(row(session, number))
        answers = streams_grpc.StreamsStub(channel).Append(iter(requests.get, None))
        while True:
            while len(unanswered) < UNANSWERED_MAX and not os.path.exists(arguments["stop"]):
                unanswered.append(state["next"])
                requests.put(row(session, state["next"]))
                state["next"] += 1
            if not unanswered:
                requests.put(None)
                return
            answer = next(answers)
            assert answer.request_id == unanswered[0], "answer %d for %d" % (answer.request_id, unanswered[0])
            unanswered.popleft()

    patiently(one_call)
    return state["next"]


try:
    print(json.dumps({"produce": {"ok": produce()}}))
except Exception as e:
    print(json.dumps({"produce": {"error": "%s: %s" % (type(e).__name__, e)}}))
