"""tuspy as a process of its own, so that it can be killed and started anew: it remembers its uploads in a file.

usage: tuspy.py ENDPOINT KEY FILE MEMORY CHUNK_BYTES PARTS [PAUSE_AT_BYTES]
It says `resumed`, `paused` (and waits to be killed) and `done` in lines. It sends one part whatever is asked.
"""

import os
import sys
import time

from tusclient.client import TusClient
from tusclient.storage.filestorage import FileStorage

endpoint, key, path, memory, chunk = sys.argv[1:6]
pause_at = int(sys.argv[7]) if len(sys.argv) > 7 else None
client = TusClient(endpoint, headers={"Authorization": f"Bearer {key}"})
uploader = client.uploader(
    path,
    chunk_size=int(chunk),
    metadata={"filename": os.path.basename(path)},
    store_url=True,
    url_storage=FileStorage(memory),
)
if uploader.offset > 0:
    print("resumed", flush=True)
while uploader.offset < os.path.getsize(path):
    if pause_at is not None and uploader.offset >= pause_at:
        print("paused", flush=True)
        time.sleep(600)
    uploader.upload_chunk()
print("done", flush=True)
