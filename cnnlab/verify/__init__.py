"""Comparison of the NumPy network with Keras.

The package can be called: ``cnnlab.verify()`` is `cnnlab.api.verify`, whether or not something has imported the
package, which then bears that name.
"""

import sys
from types import ModuleType
from typing import Any


class _CallablePackage(ModuleType):
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """See `cnnlab.api.verify`."""
        from cnnlab.api import verify

        return verify(*args, **kwargs)


sys.modules[__name__].__class__ = _CallablePackage
