"""JSON pointers (RFC 6901): where in a document something stands.

>>> step("/ilmd", "ext:a/b~c")
'/ilmd/ext:a~1b~0c'
>>> step("", 3)
'/3'
"""


def step(pointer: str, key: str | int) -> str:
    """The pointer of the member `key` of what stands at `pointer`."""
    if isinstance(key, int):
        return f"{pointer}/{key}"
    return pointer + "/" + key.replace("~", "~0").replace("/", "~1")
