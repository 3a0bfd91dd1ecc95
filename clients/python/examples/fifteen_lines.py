from detektor.processor import Processor, reject

faces = Processor("face-1", capabilities=["face_detection"], capacity=10, concurrency=2)


def model(image):
    """A stand-in for your model: one box around the whole picture, with its brightness as the score."""
    yield float(image.mean()) / 255, [0, 0, image.shape[1], image.shape[0]]


@faces.handler
def detect(frame):
    if frame.width < 100:
        return reject("too small")
    return [{"label": "face", "score": s, "box": b} for s, b in model(frame.image)]


faces.run()
