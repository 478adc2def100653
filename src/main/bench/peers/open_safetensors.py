"""Opens a safetensors file with Python's own reader and prints what it holds as one JSON line."""

import hashlib
import json
import sys

from safetensors import __version__, safe_open

with safe_open(sys.argv[1], framework="numpy") as file:
    tensors = []
    for name in file.keys():
        tensor = file.get_tensor(name)
        content = hashlib.sha256(tensor.tobytes()).hexdigest()
        tensors.append({"name": name, "type": str(tensor.dtype), "shape": list(tensor.shape), "sha256": content})
    print(json.dumps({"version": __version__, "metadata": file.metadata(), "tensors": tensors}))
