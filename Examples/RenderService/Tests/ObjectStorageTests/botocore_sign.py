# SPDX-License-Identifier: Apache-2.0
"""Signs requests with botocore: reads a JSON list of requests and writes the list of their signatures."""
import datetime
import json
import re
import sys

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.utils import percent_encode


def sign(wanted):
    date = datetime.datetime.strptime(wanted["date"], "%Y%m%dT%H%M%SZ")
    botocore.auth.get_current_datetime = lambda *_, **__: date
    credentials = Credentials(wanted["accessKey"], wanted["secretKey"], wanted.get("sessionToken"))
    request = AWSRequest(
        method=wanted["method"],
        url=wanted["endpoint"] + percent_encode(wanted["path"], safe="/-._~"),
        params={name: value for name, value in wanted["query"]},
        headers={name: value for name, value in wanted["headers"]},
    )
    if wanted.get("expires"):
        signer = botocore.auth.S3SigV4QueryAuth(credentials, "s3", wanted["region"], expires=wanted["expires"])
        signer.add_auth(request)
        return re.search("X-Amz-Signature=([0-9a-f]+)", request.url).group(1)
    signer = botocore.auth.S3SigV4Auth(credentials, "s3", wanted["region"])
    signer.payload = lambda _: wanted["payloadHash"]
    signer.add_auth(request)
    return re.search("Signature=([0-9a-f]+)", request.headers["Authorization"]).group(1)


json.dump([sign(wanted) for wanted in json.load(sys.stdin)], sys.stdout)
