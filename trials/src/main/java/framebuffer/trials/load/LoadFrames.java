package framebuffer.trials.load;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.app.serve.Tracing;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.wire.TraceContext;
import framebuffer.wire.text.Fields;
import framebuffer.wire.text.Json;
import framebuffer.wire.text.Timestamps;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.BitSet;
import java.util.Random;
import java.util.stream.IntStream;

/** The frames of one run, by number. */
final class LoadFrames {
    /** Approximate size of a frame without its inline bytes. */
    private static final int FIELDS_BYTES = 400;
    private static final int WIDTH = 1_280;
    private static final int HEIGHT = 720;

    private final String prefix;
    private final Load load;
    private final Tracing tracing;
    private final byte[] metadata;
    private final byte[] data;

    /**
     * @param run distinguishes the frames of this run from all others
     * @param tracing starts the trace of each frame
     */
    LoadFrames(String run, Load load, Tracing tracing) {
        this.tracing = tracing;
        this.prefix = "load-" + run + '-';
        this.load = load;
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ArrayNode types = root.putArray("detection_types");
        load.detect().forEach(types::add);
        this.metadata = Json.bytes(root.put("fps", load.fps() / load.cameras()));
        this.data = new byte[load.inlineBytes()];
        // Random bytes, because storing and sending constant bytes may be cheaper than a real picture.
        new Random(load.inlineBytes()).nextBytes(data);
    }

    /** The id of a camera, from 0. */
    static String camera(int number) {
        return "load-" + (number + 1);
    }

    /** The frames of one partition's cameras. */
    static Sender.Portion portion(PartitionLayout partitions, Partition one, int cameras) {
        BitSet ours = new BitSet(cameras);
        IntStream.range(0, cameras).filter(number -> partitions.of(camera(number)).equals(one)).forEach(ours::set);
        return new Sender.Portion(one.keys().produced(), cameras, ours);
    }

    /** The fields of a frame with this due time. */
    Fields fields(long frame, Instant due) {
        Fields.Writer fields = new Fields.Writer(22).put("frame_id", prefix + frame)
                .put("camera_id", camera((int) (frame % load.cameras()))).put("timestamp", Timestamps.micros(due))
                .put("size_bytes", Integer.toString(data.length)).put("width", Integer.toString(WIDTH))
                .put("height", Integer.toString(HEIGHT)).put("format", "jpeg")
                .put("priority", Integer.toString(load.priorities().of(frame)))
                .put("metadata".getBytes(StandardCharsets.US_ASCII), metadata);
        TraceContext trace = tracing.announce(prefix + frame, camera((int) (frame % load.cameras())));
        if (trace != null) {
            fields.put("traceparent", trace.traceparent());
        }
        return data.length == 0
                ? fields.fields()
                : fields.put("data".getBytes(StandardCharsets.US_ASCII), data).fields();
    }

    /** The number of a frame by its id; -1: not a frame of this run. */
    long number(String frameId) {
        if (!frameId.startsWith(prefix)) {
            return -1;
        }
        try {
            return Long.parseLong(frameId.substring(prefix.length()));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Approximate size of a frame in a command. */
    int bytes() {
        return FIELDS_BYTES + data.length;
    }
}
