"""Finds motion with OpenCV: differences from the earlier frames of a camera. Needs the extra ``image``.

ORCHESTRATOR_URL=… REDIS_URL=… python motion.py
"""

import cv2

from detektor.processor import Processor, reject

motion = Processor("motion-1", capabilities=["motion_detection"], capacity=20)
# One background for each camera. With affinity routing the frames of one camera arrive in order.
backgrounds = {}


@motion.handler
def detect(frame):
    picture = cv2.GaussianBlur(cv2.cvtColor(frame.image, cv2.COLOR_BGR2GRAY), (9, 9), 0)
    background = backgrounds.setdefault(frame.camera_id, picture)
    if background.shape != picture.shape:
        return reject("the picture has another size than earlier pictures of this camera")
    changed = cv2.threshold(cv2.absdiff(background, picture), 25, 255, cv2.THRESH_BINARY)[1]
    backgrounds[frame.camera_id] = cv2.addWeighted(background, 0.8, picture, 0.2, 0)
    contours, _ = cv2.findContours(cv2.dilate(changed, None, iterations=2), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    boxes = [cv2.boundingRect(one) for one in contours if cv2.contourArea(one) > 200]
    return {"objects": [{"label": "motion", "box": list(box)} for box in boxes]}


motion.run()
