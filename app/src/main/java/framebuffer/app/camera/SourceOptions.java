package framebuffer.app.camera;

import framebuffer.app.help.Essential;
import framebuffer.app.help.OptionGroup;
import framebuffer.app.terminal.CannotRun;
import framebuffer.vision.camera.DemoClip;
import framebuffer.vision.source.VideoAddress;
import framebuffer.vision.source.VideoAddress.File;
import framebuffer.wire.SecretAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The video source of a camera. Other users see arguments in the process list, so an address with a password has other ways in. */
@OptionGroup("Source")
final class SourceOptions {
    private static final SecretAddress STANDARD_INPUT = new SecretAddress("-");
    private static final SecretAddress DEMO = new SecretAddress("demo");

    @Essential(description = "rtsp://… or http://…, webcam:0, a video file, or demo. -: reads the source from standard input, for an address with a password.")
    @Parameters(paramLabel = "SOURCE", arity = "0..1", description = "rtsp://… or http://…, webcam:0, or a video file; demo: the clip of the demo; -: reads the source from standard input. Other users of this machine see arguments: pass an address with a password through standard input, --source-file, or FRAME_BUFFER_SOURCE.")
    private @Nullable SecretAddress typed;

    @Option(names = "--source", paramLabel = "SOURCE", description = "The source, instead of the argument SOURCE.")
    private @Nullable SecretAddress source;

    @Option(names = "--source-file", paramLabel = "FILE", description = "File whose first line is the source, such as a mounted secret.")
    private @Nullable Path sourceFile;

    /**
     * Returns the address of the source.
     *
     * @throws CannotRun when the source is missing or unreadable; the message never contains the address
     */
    VideoAddress address() {
        try {
            return VideoAddress.parse(text());
        } catch (IllegalArgumentException e) {
            throw new CannotRun(String.valueOf(e.getMessage()));
        }
    }

    /** Whether the source is read from standard input, or from the first line of a file. */
    boolean readsElsewhere() {
        return sourceFile != null || STANDARD_INPUT.equals(typed == null ? source : typed);
    }

    /** Whether the source is the clip of the demo. */
    boolean isDemo() {
        return DEMO.equals(typed == null ? source : typed);
    }

    private String text() {
        SecretAddress given = typed == null ? source : typed;
        if (STANDARD_INPUT.equals(given)) {
            return firstLine(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
                    "standard input");
        }
        if (typed == null && sourceFile != null) {
            if (source != null) {
                throw new CannotRun("set source or source-file, not both");
            }
            try (BufferedReader file = Files.newBufferedReader(sourceFile)) {
                return firstLine(file, sourceFile.toString());
            } catch (IOException e) {
                throw new CannotRun("cannot read the source from " + sourceFile + ": " + e.getClass().getSimpleName());
            }
        }
        if (isDemo()) {
            return DemoClip.path().toString();
        }
        if (given == null) {
            throw new CannotRun("no video: set SOURCE, --source-file, or FRAME_BUFFER_SOURCE in the environment");
        }
        return given.reveal();
    }

    private static String firstLine(BufferedReader from, String where) {
        try {
            String line = from.readLine();
            if (line != null && !line.isBlank()) {
                return line.strip();
            }
        } catch (IOException e) {
            throw new CannotRun("cannot read the source from " + where + ": " + e.getClass().getSimpleName());
        }
        throw new CannotRun("the first line of " + where + " is empty");
    }
}
