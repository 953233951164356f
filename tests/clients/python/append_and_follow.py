"""Appends and follows through varve.v1 with stubs that protoc generated, over gRPC's C core (Debian's python3-grpcio).

Arguments: one JSON object { port, token, stream }. Prints one JSON object: { step: { ok } or { error, code } }.
"""

import json
import queue
import sys
import threading

import grpc
from varve.v1 import admin_pb2 as admin
from varve.v1 import admin_pb2_grpc as admin_grpc
from varve.v1 import errors_pb2 as errors
from varve.v1 import schema_pb2 as schema
from varve.v1 import streams_pb2 as streams
from varve.v1 import streams_pb2_grpc as streams_grpc

TIMEOUT_S = 60

arguments = json.loads(sys.argv[1])
stream = arguments["stream"]
metadata = [("authorization", "Bearer " + arguments["token"])] if arguments.get("token") else []
channel = grpc.insecure_channel("127.0.0.1:%d" % arguments["port"])
service = streams_grpc.StreamsStub(channel)
results = {}


def step(name):
    """Runs a function as a step of that name."""

    def run(function):
        try:
            results[name] = {"ok": function()}
        except grpc.RpcError as e:
            results[name] = {"error": e.details(), "code": e.code().name, "detail": detail_of(e)}
        except Exception as e:
            results[name] = {"error": "%s: %s" % (type(e).__name__, e)}

    return run


def detail_of(error):
    """The ErrorDetail in grpc-status-details-bin: google.rpc.Status, whose last field is an Any."""
    from google.protobuf import any_pb2

    packed = dict(error.trailing_metadata()).get("grpc-status-details-bin")
    if packed is None:
        return None
    at = packed.find(b"\x0a\x28type.googleapis.com/varve.v1.ErrorDetail")
    if at < 0:
        return None
    any_message = any_pb2.Any.FromString(packed[at:])
    detail = errors.ErrorDetail()
    any_message.Unpack(detail)
    return {"code": errors.ErrorCode.Name(detail.code), "stream": detail.stream}


def columns_of(start, count):
    """Rows start .. start + count as typed columns; every third text is null."""
    numbers = list(range(start, start + count))
    return schema.ColumnBatch(
        row_count=count,
        columns=[
            schema.ColumnValues(name="n", ints=schema.Int64Values(values=numbers)),
            schema.ColumnValues(
                name="text",
                strings=schema.StringValues(values=["" if n % 3 == 2 else "row %d" % n for n in numbers]),
                null_rows=[n - start for n in numbers if n % 3 == 2],
            ),
        ],
    )


def ack(response):
    return [response.first_offset, response.row_count, response.position > 0, streams.Durability.Name(response.durability)]


@step("create")
def _():
    columns = schema.Columns(columns=[schema.Column(name="n", type="int64", not_null=True), schema.Column(name="text", type="utf8")])
    answer = service.CreateStream(streams.CreateStreamRequest(name=stream, columns=columns), metadata=metadata, timeout=TIMEOUT_S)
    return [answer.created, [[c.name, c.type, c.not_null] for c in answer.stream.schema.columns]]


followed = []
follower_ended = threading.Event()


def follow():
    try:
        request = streams.ReadRequest(stream=stream, from_offset=0, follow=True, max_rows=12, format=streams.ROW_FORMAT_COLUMNS)
        for response in service.Read(request, metadata=metadata, timeout=TIMEOUT_S):
            values = {c.name: c for c in response.columns.columns}
            nulls = set(values["text"].null_rows)
            for i, n in enumerate(values["n"].ints.values):
                followed.append([response.first_offset + i, n, None if i in nulls else values["text"].strings.values[i]])
    except Exception as e:
        followed.append("%s" % e)
    finally:
        follower_ended.set()


follower = threading.Thread(target=follow, daemon=True)
follower.start()


@step("append in lock step")
def _():
    requests = queue.Queue()
    responses = service.Append(iter(requests.get, None), metadata=metadata, timeout=TIMEOUT_S)
    acks = []
    for i in range(3):
        requests.put(streams.AppendRequest(stream=stream if i == 0 else "", request_id=70 + i, columns=columns_of(i * 2, 2)))
        response = next(responses)
        acks.append([response.request_id] + ack(response))
    requests.put(None)
    return [acks, len(list(responses))]


@step("append pipelined")
def _():
    requests = [streams.AppendRequest(stream=stream, request_id=i, columns=columns_of(6 + i, 1)) for i in range(4)]
    return [ack(r) for r in service.Append(iter(requests), metadata=metadata, timeout=TIMEOUT_S)]


@step("append json")
def _():
    rows = b'{"n": 10, "text": "zehn"}\n{"n": 11}\n'
    return [ack(r) for r in service.Append(iter([streams.AppendRequest(stream=stream, json=rows)]), metadata=metadata, timeout=TIMEOUT_S)]


@step("follow")
def _():
    if not follower_ended.wait(TIMEOUT_S):
        raise TimeoutError("the follower saw %d rows" % len(followed))
    return followed


@step("read json")
def _():
    request = streams.ReadRequest(stream=stream, last_rows=2, format=streams.ROW_FORMAT_JSON, columns=["text", "_offset"])
    text = b"".join(r.json for r in service.Read(request, metadata=metadata, timeout=TIMEOUT_S)).decode()
    return [json.loads(line) for line in text.splitlines()]


@step("list")
def _():
    answer = service.ListStreams(streams.ListStreamsRequest(prefix=stream), metadata=metadata, timeout=TIMEOUT_S)
    return [[s.name, s.row_count, s.end_offset] for s in answer.streams]


@step("unknown stream")
def _():
    requests = iter([streams.AppendRequest(stream="there-is-none", columns=columns_of(0, 1))])
    return [ack(r) for r in service.Append(requests, metadata=metadata, timeout=TIMEOUT_S)]


@step("wrong type")
def _():
    batch = schema.ColumnBatch(row_count=1, columns=[schema.ColumnValues(name="n", strings=schema.StringValues(values=["x"]))])
    return [ack(r) for r in service.Append(iter([streams.AppendRequest(stream=stream, columns=batch)]), metadata=metadata, timeout=TIMEOUT_S)]


@step("status")
def _():
    answer = admin_grpc.AdminStub(channel).GetStatus(admin.GetStatusRequest(), metadata=metadata, timeout=TIMEOUT_S)
    return [answer.accepting, answer.visible_up_to > 0]


print(json.dumps(results))
