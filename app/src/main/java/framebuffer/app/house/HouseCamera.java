package framebuffer.app.house;

import framebuffer.app.camera.CameraOptions;
import framebuffer.app.config.ValueRange;
import framebuffer.app.terminal.CannotRun;
import framebuffer.wire.control.CameraPolicy;
import framebuffer.wire.control.CameraPolicy.Keep;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of a camera in the file of a house: those of the command {@code camera}, and its policy. */
final class HouseCamera {
    @Mixin
    private final CameraOptions options = new CameraOptions();

    @Option(names = "--keep")
    private @Nullable Keep keep;

    @ValueRange(least = "0s", most = "365d")
    @Option(names = "--max-age")
    private @Nullable Duration maxAge;

    @Option(names = "--enabled", defaultValue = "true")
    private boolean enabled;

    CameraOptions options() {
        return options;
    }

    /** Which of its waiting frames the service sends; empty: the file does not say. */
    Optional<CameraPolicy> policy() {
        return keep == null && maxAge == null ? Optional.empty() : Optional.of(new CameraPolicy(keep, maxAge));
    }

    /**
     * Checks that all values fit together.
     *
     * @throws CannotRun when they do not; the message is one line
     */
    void check() {
        if (options.readsElsewhere()) {
            throw new CannotRun("a camera of a file reads its source from neither standard input nor source-file;"
                    + " write source: file:PATH or source: ${NAME}");
        }
        options.check();
    }

    boolean enabled() {
        return enabled;
    }
}
