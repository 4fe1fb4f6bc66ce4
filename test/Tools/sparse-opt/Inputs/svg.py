"""Checks that a picture is XML, and prints its texts in their order."""
import sys
import xml.etree.ElementTree

root = xml.etree.ElementTree.parse(sys.argv[1]).getroot()
width, height = float(root.get("width")), float(root.get("height"))
for shape in root:
    name = shape.tag.rpartition("}")[2]
    if name == "text":
        print(shape.text)
    if name == "rect" and shape.get("x"):
        left, top = float(shape.get("x")), float(shape.get("y"))
        assert left >= 0 and left + float(shape.get("width")) <= width, "a bar leaves the picture"
        assert top >= 0 and top + float(shape.get("height")) <= height, "a bar leaves the picture"
