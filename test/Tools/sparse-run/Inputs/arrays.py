"""Writes .npz files for npz.test to the folder given, or checks its output."""

import os
import sys

import numpy

if sys.argv[1] == "--check":
    with numpy.load(sys.argv[2]) as arrays:
        assert arrays["y"].tolist() == [[1.5, 3.5, 0.5]] and arrays["y"].dtype == numpy.float32
        assert arrays["is_pad"].tolist() == [[False, False, True]]
    sys.exit()

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
ids = numpy.array([[2, 6, 0]])
x = numpy.array([[0.5, 0.5, 0.5]], dtype=numpy.float32)
y = numpy.array([[1.5, 3.5, 0.5]], dtype=numpy.float32)
is_pad = ids == 0


def save(name, write=numpy.savez, **arrays):
    write(os.path.join(folder, name + ".npz"), **arrays)


save("plain", ids=ids, x=x, unrelated=numpy.zeros((2, 0, 3)))
save("compressed", numpy.savez_compressed, **{"in:ids": ids, "in:x": x})
save("expected", ids=ids, x=x, **{"out:y": y, "out:is_pad": is_pad})
save("unexpected", ids=ids, x=x, **{"out:y": y * numpy.nan, "out:is_pad": is_pad | True & (ids == 2)})
save("shape", ids=ids, x=x, **{"out:y": y[0], "out:is_pad": ids})
save("no-output", ids=ids, x=x, **{"out:z": y})
rows = {"ids": numpy.arange(6).reshape(2, 3) % 2, "x": numpy.arange(6, dtype=numpy.float32).reshape(2, 3)}
save("rows", **rows)
save("columns", **{name: numpy.asfortranarray(array) for name, array in rows.items()})
save("objects", ids=ids, x=numpy.array([[None]]))
save("big-endian", ids=ids, x=x.astype(">f4"))

# An archive whose directory lists its one entry a hundred times.
save("overlap", x=numpy.zeros(1000))
with open(os.path.join(folder, "overlap.npz"), "r+b") as file:
    archive = file.read()
    start, end = archive.index(b"PK\1\2"), archive.index(b"PK\5\6")
    count = (100).to_bytes(2, "little")
    tail = archive[end:end + 8] + count + count + archive[end + 12:]
    file.seek(start)
    file.write(archive[start:end] * 100 + tail)
