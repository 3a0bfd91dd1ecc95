package framebuffer.wire.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.wire.Keys;
import framebuffer.wire.Names;
import framebuffer.wire.SecretAddress;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.FieldReader.IntegerRange;
import framebuffer.wire.text.Json;
import framebuffer.wire.text.JsonReader;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The registration of a processor (docs/protocol.md 3.1).
 *
 * @param id see {@link Names#isId}
 * @param capabilities its capabilities, at least one, without duplicates
 * @param capacity maximum number of outstanding frames, 1–1 000 000
 * @param queue name of its work queue, below {@link Keys#READY}
 * @param endpoint its address, for users; or null
 * @param healthEndpoint an http(s) URL to poll, which may contain a password or token; or null
 * @param heartbeatInterval interval between heartbeats, 1 s–1 h
 * @param concurrency number of frames in progress at once, 1–{@code capacity}
 * @param processingTimeout maximum time per frame, 1 s–1 h; null: the service's default
 * @param metadata any values to show
 * @param partition number of the only partition in which it reads its queue, or {@link #ALL_PARTITIONS}; null: unspecified, the service
 *     assigns one if there are several
 */
public record Registration(String id, List<String> capabilities, int capacity, String queue,
        @Nullable String endpoint, @Nullable SecretAddress healthEndpoint, Duration heartbeatInterval, int concurrency,
        @Nullable Duration processingTimeout, ObjectNode metadata, @Nullable String partition) {

    /** The processor reads its queue in each partition. */
    public static final String ALL_PARTITIONS = "all";

    /** Default interval between heartbeats. */
    public static final Duration DEFAULT_HEARTBEAT_INTERVAL = Duration.ofSeconds(30);

    /** The largest capacity. */
    public static final int MAX_CAPACITY = 1_000_000;

    /** Maximum number of capabilities. */
    public static final int MAX_CAPABILITIES = 128;

    public Registration {
        capabilities = List.copyOf(capabilities);
        metadata = metadata.deepCopy();
    }

    /** A registration without a partition. */
    public Registration(String id, List<String> capabilities, int capacity, String queue, @Nullable String endpoint,
            @Nullable SecretAddress healthEndpoint, Duration heartbeatInterval, int concurrency,
            @Nullable Duration processingTimeout, ObjectNode metadata) {
        this(id, capabilities, capacity, queue, endpoint, healthEndpoint, heartbeatInterval, concurrency,
                processingTimeout, metadata, null);
    }

    /** A registration with the required values only; the queue is named after the id. */
    public static Registration of(String id, List<String> capabilities, int capacity) {
        return new Registration(id, capabilities, capacity, Keys.READY + id, null, null, DEFAULT_HEARTBEAT_INTERVAL, 1,
                null, JsonNodeFactory.instance.objectNode());
    }

    /** The same with another capacity. */
    public Registration withCapacity(int other) {
        return new Registration(id, capabilities, other, queue, endpoint, healthEndpoint, heartbeatInterval,
                Math.min(concurrency, other), processingTimeout, metadata, partition);
    }

    /** The same in this partition, or in {@link #ALL_PARTITIONS}. */
    public Registration inPartition(String number) {
        return new Registration(id, capabilities, capacity, queue, endpoint, healthEndpoint, heartbeatInterval,
                concurrency, processingTimeout, metadata, number);
    }

    /** Whether the processor reads its queue in this partition; if unspecified, only in a single partition. */
    public boolean isIn(int number) {
        return partition == null || isInAll() || partition.equals(Integer.toString(number));
    }

    /** Whether the processor reads its queue in each partition, which then share its capacity. */
    public boolean isInAll() {
        return ALL_PARTITIONS.equals(partition);
    }

    /** Whether the processor offers this capability; an empty text matches any processor. */
    public boolean canProcess(String capability) {
        return capability.isEmpty() || capabilities.contains(capability);
    }

    /** Parses a registration from JSON; never throws. */
    public static Decoded<Registration> decode(byte[] json) {
        ObjectNode object = Json.object(json);
        if (object == null) {
            return Decoded.invalid("body", "must be a JSON object");
        }
        JsonReader in = new JsonReader(object);
        String id = in.required("id", Names::isId, Names.FORM);
        List<String> capabilities = in.texts("capabilities", Names::isCapability,
                "must be texts of 1 to 128 characters");
        if (capabilities.isEmpty() && in.problems().stream().noneMatch(p -> p.field().equals("capabilities"))) {
            in.problem("capabilities", in.has("capabilities") ? "must not be empty" : "is missing");
        } else if (capabilities.size() > MAX_CAPABILITIES) {
            in.problem("capabilities", "must be at most " + MAX_CAPABILITIES);
        }
        if (!in.has("capacity")) {
            in.problem("capacity", "is missing");
        }
        int capacity = (int) in.integer("capacity", new IntegerRange(1, MAX_CAPACITY), MAX_CAPACITY);
        String queue = in.text("queue", name -> isQueue(name, id), Names.FORM + " and lie under " + Keys.READY);
        Duration interval = in.seconds("heartbeat_interval");
        JsonNode metadata = object.path("metadata");
        if (!metadata.isMissingNode() && !metadata.isNull() && !metadata.isObject()) {
            in.problem("metadata", "must be a JSON object");
        }
        return Decoded.of(
                new Registration(id, capabilities, capacity, queue == null ? Keys.READY + id : queue,
                        in.text("endpoint", text -> text.length() <= 2_000, "must be text of at most 2000 characters"),
                        address(in.text("health_endpoint", Registration::isHttp,
                                "must be an http or https URL, not one whose secrets are shown as …")),
                        interval == null ? DEFAULT_HEARTBEAT_INTERVAL : interval,
                        (int) in.integer("concurrency", new IntegerRange(1, capacity), 1),
                        in.seconds("processing_timeout"),
                        metadata instanceof ObjectNode given ? given : JsonNodeFactory.instance.objectNode(),
                        in.text("partition", Registration::isPartition,
                                "must be \"all\", or the number of a partition")),
                in.problems());
    }

    private static @Nullable SecretAddress address(@Nullable String text) {
        return text == null ? null : new SecretAddress(text);
    }

    /** As JSON, with all members that {@link #decode} reads. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("id", id);
        capabilities.forEach(json.putArray("capabilities")::add);
        json.put("capacity", capacity).put("queue", queue);
        if (endpoint != null) {
            json.put("endpoint", endpoint);
        }
        if (healthEndpoint != null) {
            json.put("health_endpoint", healthEndpoint.reveal());
        }
        json.put("heartbeat_interval", seconds(heartbeatInterval)).put("concurrency", concurrency);
        if (processingTimeout != null) {
            json.put("processing_timeout", seconds(processingTimeout));
        }
        if (partition != null) {
            json.put("partition", partition);
        }
        json.set("metadata", metadata);
        return json;
    }

    /** {@link #json} as bytes. */
    public byte[] encode() {
        return Json.bytes(json());
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1_000.0;
    }

    /** A queue named after its processor may be longer than other names, because the id may have 128 characters. */
    private static boolean isQueue(String name, String id) {
        return name.length() > Keys.READY.length() && name.startsWith(Keys.READY)
                && (Names.isId(name) || name.equals(Keys.READY + id));
    }

    private static boolean isPartition(String text) {
        return text.equals(ALL_PARTITIONS) || text.matches("0|[1-9][0-9]{0,2}");
    }

    private static boolean isHttp(String text) {
        try {
            URI uri = new URI(text);
            return text.length() <= 2_000 && text.indexOf('…') < 0 && uri.getHost() != null
                    && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
