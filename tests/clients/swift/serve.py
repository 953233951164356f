"""An S3 server with one bucket: OpenStack Swift (Debian's python3-swift), its proxy and its three storage services in this one process, on one disk.

Usage: python3 serve.py DIRECTORY BUCKET ACCESS_KEY PAGE PORT, with the secret of the key in the environment as SWIFT_SECRET. An access key is an
account and a user, "account:user". PAGE objects are listed at once. Port 0 is one that the system chooses. Prints the port when it serves. What lies
in the directory, which must keep extended attributes, is served again by the next process.
"""

import json
import os
import sys

from swift.common import utils

# Before anything else opens a socket: all services wait for one another in this thread.
utils.eventlet_monkey_patch()

import eventlet
from eventlet import wsgi
from swift.account.server import app_factory as account_server
from swift.common.http_protocol import SwiftHttpProtocol
from swift.common.ring.builder import RingBuilder
from swift.common.swob import Request
from swift.common.wsgi import loadapp
from swift.container.server import app_factory as container_server
from swift.obj.server import app_factory as object_server

ADDRESS = "127.0.0.1"
DISK = "disk"

PROXY = """
[DEFAULT]
swift_dir = {directory}
log_level = ERROR

[pipeline:main]
pipeline = catch_errors s3api tempauth bulk slo proxy-server

[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true

[filter:catch_errors]
use = egg:swift#catch_errors

[filter:s3api]
use = egg:swift#s3api
max_bucket_listing = {page}

[filter:tempauth]
use = egg:swift#tempauth
user_{account}_{user} = {secret} .admin

[filter:bulk]
use = egg:swift#bulk

[filter:slo]
use = egg:swift#slo
"""


class Cache:
    """What the proxy would have of a memcached: accounts and containers as it looked them up. As it alone changes them, nothing need expire."""

    def __init__(self):
        self._values = {}

    def get(self, key, raise_on_error=False):
        value = self._values.get(key)
        return None if value is None else json.loads(value)

    def set(self, key, value, **kept):
        self._values[key] = json.dumps(value)

    def delete(self, key, **place):
        self._values.pop(key, None)


def with_cache(app):
    cache = Cache()

    def cached(environ, start_response):
        environ["swift.cache"] = cache
        return app(environ, start_response)

    return cached


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def serve(app, listener):
    # As Swift's own servers do it: clients of S3 look for ETag, not for Etag.
    eventlet.spawn(wsgi.server, listener, app, utils.NullLogger(), protocol=SwiftHttpProtocol, capitalize_response_headers=False)


def serve_storage(directory, name, ring, app_factory):
    """Starts one of the storage services and says in its ring, which the others read, where it is."""
    listener = eventlet.listen((ADDRESS, 0))
    builder = RingBuilder(part_power=1, replicas=1, min_part_hours=0)
    builder.add_dev({"region": 1, "zone": 1, "ip": ADDRESS, "port": listener.getsockname()[1], "device": DISK, "weight": 1})
    builder.rebalance()
    builder.get_ring().save(os.path.join(directory, ring + ".ring.gz"))
    serve(app_factory({"swift_dir": directory, "devices": directory, "mount_check": "false", "log_name": name, "log_level": "ERROR"}), listener)


def main(directory, bucket, access_key, page, port):
    account, user = access_key.split(":")
    os.makedirs(os.path.join(directory, DISK), exist_ok=True)
    write(os.path.join(directory, "swift.conf"), "[swift-hash]\nswift_hash_path_suffix = varve\n")
    utils.set_swift_dir(directory)

    # There may be no syslog: from here on every logger writes errors to standard error too.
    utils.get_logger({"log_level": "ERROR"}, log_to_console=True)

    for name, ring, app_factory in (
        ("account", "account", account_server), ("container", "container", container_server), ("object", "object", object_server)):
        serve_storage(directory, name, ring, app_factory)
    proxy_conf = os.path.join(directory, "proxy.conf")
    write(proxy_conf, PROXY.format(directory=directory, account=account, user=user, secret=os.environ["SWIFT_SECRET"], page=page))
    proxy = with_cache(loadapp(proxy_conf))
    listener = eventlet.listen((ADDRESS, int(port)))
    serve(proxy, listener)

    # Past the signature, as an operator would.
    made = Request.blank("/v1/AUTH_%s/%s" % (account, bucket), method="PUT", environ={"swift.authorize_override": True}).get_response(proxy)
    if made.status_int not in (201, 202):
        raise SystemExit("the bucket cannot be made: %s %s" % (made.status, made.body))
    print(listener.getsockname()[1], flush=True)
    while True:
        eventlet.sleep(3600)


main(*sys.argv[1:])
