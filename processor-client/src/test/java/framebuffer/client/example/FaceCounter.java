package framebuffer.client.example;

import framebuffer.client.Answer;
import framebuffer.client.Processor;

/** The processor that the README shows. */
class FaceCounter {
    public static void main(String[] args) throws InterruptedException {
        try (Processor face = Processor.builder("face-1").capabilities("face_detection").concurrency(2)
                .handler(frame -> Answer.processed("{\"bytes\": " + frame.pixels().length + "}")).start()) {
            face.await();
        }
    }
}
