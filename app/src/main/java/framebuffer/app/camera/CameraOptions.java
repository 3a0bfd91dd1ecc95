package framebuffer.app.camera;

import framebuffer.app.config.ValueRange;
import framebuffer.app.help.Essential;
import framebuffer.app.help.OptionGroup;
import framebuffer.app.terminal.CannotRun;
import framebuffer.vision.camera.Announcement;
import framebuffer.vision.camera.CameraSettings;
import framebuffer.vision.camera.Demand;
import framebuffer.vision.camera.RedisSink.PixelRetention;
import framebuffer.vision.source.VideoAddress;
import java.util.List;
import java.util.function.DoubleSupplier;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of one camera, on the command line or in the file of a house. */
@OptionGroup("Frames")
public final class CameraOptions {
    @Mixin
    private final SourceOptions source = new SourceOptions();

    @Mixin
    private final PictureOptions pictures = new PictureOptions();

    @Essential
    @OptionGroup("Source")
    @Option(names = {"--id",
            "--camera-id"}, paramLabel = "ID", required = true, description = "Id of the camera.")
    private String id = "";

    @Essential
    @Option(names = {"--detect",
            "--detection-types",
            "--capabilities"}, paramLabel = "NAME", split = "\\s*,\\s*", description = "Capabilities that each frame needs, separated by commas. Default: any one processor.")
    private List<String> detect = List.of();

    @Essential
    @Option(names = "--loop", arity = "0..1", paramLabel = "true|false", fallbackValue = "true", defaultValue = "false", description = "Plays a video file in a loop.")
    private boolean loop;

    @Essential
    @ValueRange(least = "0", most = "10")
    @Option(names = "--priority", paramLabel = "0-10", defaultValue = "0", description = "Priority of the frames; 10 is the most urgent. Default: ${DEFAULT-VALUE}.")
    private int priority;

    @Mixin
    private final PixelOptions pixels = new PixelOptions();

    @Option(names = "--obey-backpressure", arity = "0..1", paramLabel = "true|false", fallbackValue = "true", defaultValue = "true", description = "Sends fewer frames while processors are full. Default: ${DEFAULT-VALUE}.")
    private boolean obeyBackpressure;

    public String id() {
        return id;
    }

    /** Whether the source is read from standard input, or from the first line of a file. */
    public boolean readsElsewhere() {
        return source.readsElsewhere();
    }

    /** The source in a form for users, without credentials. */
    public String source() {
        return source.isDemo() ? "demo" : address().toString();
    }

    /** The capabilities that each frame needs; empty: any one processor. */
    public List<String> needs() {
        return detect;
    }

    /** Maximum number of frames per second. */
    public double fps() {
        return pictures.fps();
    }

    /** Priority of the frames, 0 to 10. */
    public int priority() {
        return priority;
    }

    /**
     * Checks that all values fit together.
     *
     * @throws CannotRun when they do not; the message is one line
     */
    public void check() {
        settings(address(), () -> 1, (_, _) -> null);
    }

    /** How long Redis keeps the pixels of its frames. */
    public PixelRetention pixels() {
        return pixels.retention();
    }

    /** Whether the camera sends fewer frames while processors are full. */
    public boolean obeysBackpressure() {
        return obeyBackpressure;
    }

    /**
     * The address of the source.
     *
     * @throws CannotRun when the source is missing or unreadable; the message never contains the address
     */
    public VideoAddress address() {
        return pictures.over(source.address());
    }

    /**
     * The settings of the camera.
     *
     * @param demand the share of frames that cameras may send
     * @throws CannotRun when a value is out of bounds
     */
    public CameraSettings settings(VideoAddress address, Demand demand, Announcement.Traces traces) {
        return settings(address, obeyBackpressure ? () -> demand.share(detect, pictures.fps()) : () -> 1, traces);
    }

    private CameraSettings settings(VideoAddress address, DoubleSupplier share, Announcement.Traces traces) {
        try {
            return new CameraSettings(id, address, pictures.pictures(), loop,
                    new Announcement(priority, detect, traces), share);
        } catch (IllegalArgumentException e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        }
    }
}
