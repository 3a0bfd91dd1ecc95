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
 * A processor as it announces itself (contract §5).
 *
 * @param id
 *            see {@link Names#isId}
 * @param capabilities
 *            what it can find, at least one, each once
 * @param capacity
 *            the most frames it may have outstanding, 1–1 000 000
 * @param queue
 *            the name of its work queue, below {@link Keys#READY}
 * @param endpoint
 *            where it can be reached, for people; or null
 * @param healthEndpoint
 *            an http(s) URL to be polled, which may hold a password or token; or null
 * @param heartbeatInterval
 *            how often it says that it lives, 1 s–1 h
 * @param concurrency
 *            how many frames it works on at once, 1–{@code capacity}
 * @param processingTimeout
 *            how long one frame may take, 1 s–1 h; null: the service's default
 * @param metadata
 *            anything it wants shown
 * @param partition
 *            the number of the one partition in which it reads its queue, or {@link #ALL_PARTITIONS}; null: it does not say, and is
 *            given one where there are several
 */
public record Registration(String id, List<String> capabilities, int capacity, String queue,
        @Nullable String endpoint, @Nullable SecretAddress healthEndpoint, Duration heartbeatInterval, int concurrency,
        @Nullable Duration processingTimeout, ObjectNode metadata, @Nullable String partition) {

    /** It reads its queue in each partition. */
    public static final String ALL_PARTITIONS = "all";

    /** How often a processor that does not say sends a heartbeat. */
    public static final Duration DEFAULT_HEARTBEAT_INTERVAL = Duration.ofSeconds(30);

    /** The largest capacity. */
    public static final int MAX_CAPACITY = 1_000_000;

    /** Most capabilities of one processor. */
    public static final int MAX_CAPABILITIES = 128;

    public Registration {
        capabilities = List.copyOf(capabilities);
        metadata = metadata.deepCopy();
    }

    /** One that says nothing of partitions. */
    public Registration(String id, List<String> capabilities, int capacity, String queue, @Nullable String endpoint,
            @Nullable SecretAddress healthEndpoint, Duration heartbeatInterval, int concurrency,
            @Nullable Duration processingTimeout, ObjectNode metadata) {
        this(id, capabilities, capacity, queue, endpoint, healthEndpoint, heartbeatInterval, concurrency,
                processingTimeout, metadata, null);
    }

    /** A registration with nothing but what is needed; its queue bears its id. */
    public static Registration of(String id, List<String> capabilities, int capacity) {
        return new Registration(id, capabilities, capacity, Keys.READY + id, null, null, DEFAULT_HEARTBEAT_INTERVAL, 1,
                null, JsonNodeFactory.instance.objectNode());
    }

    /** The same, with another capacity. */
    public Registration withCapacity(int other) {
        return new Registration(id, capabilities, other, queue, endpoint, healthEndpoint, heartbeatInterval,
                Math.min(concurrency, other), processingTimeout, metadata, partition);
    }

    /** The same, in this partition, or in {@link #ALL_PARTITIONS}. */
    public Registration inPartition(String number) {
        return new Registration(id, capabilities, capacity, queue, endpoint, healthEndpoint, heartbeatInterval,
                concurrency, processingTimeout, metadata, number);
    }

    /** Whether it reads its queue in this partition; one that does not say does so where there are no others. */
    public boolean isIn(int number) {
        return partition == null || isInAll() || partition.equals(Integer.toString(number));
    }

    /** Whether it reads its queue in each partition, so that its capacity is shared out among them. */
    public boolean isInAll() {
        return ALL_PARTITIONS.equals(partition);
    }

    /** Whether a frame that needs this can be sent here; an empty text asks for nothing in particular. */
    public boolean canProcess(String capability) {
        return capability.isEmpty() || capabilities.contains(capability);
    }

    /** Reads a registration from JSON; never throws. */
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

    /** As JSON, with every member that {@link #decode} reads. */
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

    /** A queue that bears its processor's id may be longer than other names, for the id may have all of 128 characters. */
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
