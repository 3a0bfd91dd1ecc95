package framebuffer.client.example;

import framebuffer.client.Answer;
import framebuffer.client.Processor;

/** The processor that the README shows; where it finds the orchestrator and Redis, the environment says. */
class FaceCounter {
    public static void main(String[] args) throws InterruptedException {
        try (Processor faces = Processor.builder("face-1")
                .capabilities("face_detection")
                .capacity(10).concurrency(2)
                .handler(frame -> Answer.processed("{\"faces\": " + count(frame.pixels()) + "}"))
                .start()) {
            faces.await();
        }
    }

    /** Stands for a detector: sees a face in each byte. */
    private static int count(byte[] picture) {
        return picture.length;
    }
}
