package framebuffer.app.detect;

import framebuffer.app.terminal.CannotRun;
import framebuffer.client.Processor;
import framebuffer.client.ProcessorBuilder;
import framebuffer.vision.detect.Annotator;
import framebuffer.vision.detect.Detections;
import framebuffer.vision.detect.Detector;
import framebuffer.vision.detect.DetectorHandler;
import framebuffer.vision.detect.DetectorHandler.AnalyzedPicture;
import framebuffer.vision.detect.PicturePublisher;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs detectors as processors. */
public final class Detectors {
    /** Frames that are not finished in this time at a stop go to another detector. */
    public static final Duration GRACE = Duration.ofMillis(500);

    private static final Logger log = LoggerFactory.getLogger(Detectors.class);

    private Detectors() {
    }

    /** Configures a processor that runs a detector; the caller adds Redis and the orchestrator. */
    public static ProcessorBuilder describe(String id, Detector detector, @Nullable Annotator annotator,
            PicturePublisher show) {
        BiConsumer<AnalyzedPicture, Detections> found = show.of(id, detector.capability());
        // Platform threads: native code that computes for 100 ms would block the carrier of virtual threads.
        return Processor.builder(id).capabilities(detector.capability()).capacity(8).concurrency(1)
                .threads(Thread.ofPlatform().daemon().name(id + "-", 0).factory())
                .metadata("made_by", "frame-buffer detector")
                .handler(new DetectorHandler(detector,
                        annotator == null ? found : found.andThen(new Saving(annotator, detector.capability()))));
    }

    /** Writes the pictures with detected objects. A full disk must not lose a result. */
    private static final class Saving implements BiConsumer<AnalyzedPicture, Detections> {
        private final Annotator annotator;
        private final String capability;
        private volatile boolean failing;

        Saving(Annotator annotator, String capability) {
            this.annotator = annotator;
            this.capability = capability;
        }

        @Override
        public void accept(AnalyzedPicture seen, Detections found) {
            if (found.objects().isEmpty()) {
                return;
            }
            try {
                annotator.save(seen.frame().frame().frameId() + "-" + capability, seen.picture(), found);
                failing = false;
            } catch (IOException e) {
                if (!failing) {
                    log.warn("cannot write annotated pictures: {}", e.getMessage());
                }
                failing = true;
            }
        }
    }

    /** The folder for annotated pictures; null: none. */
    public static @Nullable Annotator annotator(@Nullable Path folder) {
        try {
            return folder == null ? null : new Annotator(folder, Annotator.MOST);
        } catch (IOException e) {
            throw new CannotRun("--save: cannot write to " + folder + ": " + e.getMessage(), e);
        }
    }
}
