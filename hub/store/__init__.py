"""MongoDB, and nothing else, keeps the truth. Only this package imports the driver."""

import sys

# The driver looks for PyOpenSSL, which we don't have, by way of a library that we do: 7 MB to find that out. Told so
# beforehand, it takes the standard library's TLS at once, as it would in the end.
sys.modules.setdefault("pymongo.pyopenssl_context", None)  # type: ignore[arg-type]
