package framebuffer.client.example;

import framebuffer.client.Answer;
import framebuffer.client.Processor;

/** The processor from the README; environment variables name the orchestrator and Redis. */
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

    /** A fake detector that counts each byte as a face. */
    private static int count(byte[] picture) {
        return picture.length;
    }
}
