"""Finds people with OpenCV's HOG detector, in worker processes: one frame takes about 0.1 s of CPU time.

Needs OpenCV 4, which the extra ``image`` installs: OpenCV 5 does not have this detector.
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
