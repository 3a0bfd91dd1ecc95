"""Processes batches, as for PyTorch: loads a model once, and calls it with one array for all frames of a batch.

The model is a stand-in. With PyTorch, ``load`` is ``torch.jit.load("faces.pt").eval().cuda()``, and the array goes through
``torch.from_numpy(…).cuda()`` within ``torch.inference_mode()``.
"""

import cv2
import numpy as np

from detektor.processor import NoPicture, Processor, reject

faces = Processor("faces-gpu", capabilities=["face_detection"], capacity=64)
model = None


class StandIn:
    """Takes an array of frames x 3 x height x width, and returns one score for each frame, like a network."""

    def __init__(self):
        self.weights = np.linspace(0, 1, 3, dtype=np.float32)

    def __call__(self, pictures):
        return 1 / (1 + np.exp(-np.einsum("nchw,c->n", pictures, self.weights) / pictures[0, 0].size))


@faces.on_start
def load():
    global model
    model = StandIn()


def prepared(frame):
    """The picture as the model needs it; None when the frame has no picture."""
    try:
        small = cv2.resize(frame.image, (224, 224))
    except NoPicture:
        return None
    return small.transpose(2, 0, 1).astype(np.float32) / 255


@faces.handler(batch=16, batch_wait=0.02)
def detect(frames):
    pictures = [prepared(frame) for frame in frames]
    good = [picture for picture in pictures if picture is not None]
    scores = iter(model(np.stack(good)) if good else ())
    return [reject("no picture") if picture is None else {"score": next(scores)} for picture in pictures]


faces.run()
