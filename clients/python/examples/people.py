"""Finds people with OpenCV's HOG detector, in worker processes: it calculates for a tenth of a second a frame.

OpenCV 4 has this detector, OpenCV 5 has not: the extra ``image`` asks for 4.
"""

import cv2

from detektor.processor import Processor

people = Processor("people-1", capabilities=["person_detection"], concurrency=2, executor="process")
hog = cv2.HOGDescriptor()


@people.on_start
def load():
    hog.setSVMDetector(cv2.HOGDescriptor_getDefaultPeopleDetector())


@people.handler
def detect(frame):
    boxes, weights = hog.detectMultiScale(frame.image, winStride=(8, 8), scale=1.05)
    return {"objects": [{"label": "person", "score": s, "box": b} for b, s in zip(boxes, weights, strict=True)]}


people.run()
