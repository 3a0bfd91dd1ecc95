package framebuffer.wire.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.wire.text.Fields;
import framebuffer.wire.text.Json;
import framebuffer.wire.text.NaturalOrder;
import framebuffer.wire.text.Timestamps;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The backpressure published for producers.
 *
 * @param level level of the service: the highest of its processors
 * @param operatorPaused whether an operator has paused the service
 * @param updatedAt time of publication, by Redis's clock
 * @param capabilities capability → its level: the lowest of the processors that offer it
 * @param processors processor → its level
 * @param cameraRates capability → frames per second that each camera may send at any level, as its own share of the processors; missing:
 *     none
 */
public record Backpressure(PressureLevel level, boolean operatorPaused, Instant updatedAt,
        Map<String, PressureLevel> capabilities, Map<String, PressureLevel> processors,
        Map<String, Double> cameraRates) {
    /** No backpressure is known: producers are not limited. */
    public static final Backpressure NONE = new Backpressure(PressureLevel.NORMAL, false, Instant.EPOCH, Map.of(),
            Map.of());

    /** Lifetime of a publication: a service that is gone must not slow producers down. */
    public static final Duration SILENCE = Duration.ofSeconds(5);

    private static final String LEVEL = "level";
    private static final String RATE = "consumption_rate";
    private static final String CAMERA_RATE = "camera_rate";
    private static final String UPDATED = "updated_at";
    private static final String PAUSED_BY = "paused_by";
    private static final String OPERATOR = "operator";
    private static final String CAPABILITY = "capability:";
    private static final String PROCESSOR = "processor:";

    public Backpressure {
        capabilities = byName(capabilities);
        processors = byName(processors);
        cameraRates = Map.copyOf(cameraRates);
    }

    /** Creates backpressure without shares of cameras. */
    public Backpressure(PressureLevel level, boolean operatorPaused, Instant updatedAt,
            Map<String, PressureLevel> capabilities, Map<String, PressureLevel> processors) {
        this(level, operatorPaused, updatedAt, capabilities, processors, Map.of());
    }

    private static Map<String, PressureLevel> byName(Map<String, PressureLevel> levels) {
        Map<String, PressureLevel> sorted = new TreeMap<>(NaturalOrder.NAMES);
        sorted.putAll(levels);
        return Collections.unmodifiableMap(sorted);
    }

    /** The same with another operator pause. */
    public Backpressure pausedByOperator(boolean paused) {
        return new Backpressure(level, paused, updatedAt, capabilities, processors, cameraRates);
    }

    /** Combines the backpressure of several partitions: the worst of each capability and processor. */
    public static Backpressure worst(Collection<Backpressure> each) {
        if (each.size() == 1) {
            return each.iterator().next();
        }
        Map<String, PressureLevel> capabilities = new TreeMap<>();
        Map<String, PressureLevel> processors = new TreeMap<>();
        Map<String, Double> cameraRates = new TreeMap<>();
        Backpressure worst = NONE;
        for (Backpressure one : each) {
            one.capabilities.forEach((name, at) -> capabilities.merge(name, at, Backpressure::higher));
            one.processors.forEach((name, at) -> processors.merge(name, at, Backpressure::higher));
            one.cameraRates.forEach((name, rate) -> cameraRates.merge(name, rate, Math::min));
            worst = new Backpressure(higher(worst.level, one.level), worst.operatorPaused || one.operatorPaused,
                    worst.updatedAt.isAfter(one.updatedAt) ? worst.updatedAt : one.updatedAt, capabilities, processors,
                    cameraRates);
        }
        return worst;
    }

    private static PressureLevel higher(PressureLevel one, PressureLevel other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    /** Whether producers must send nothing. */
    public boolean isPaused() {
        return operatorPaused || level == PressureLevel.CRITICAL;
    }

    /** The cause of the pause, {@code operator} or {@code backpressure}; null: not paused. */
    public @Nullable String pausedBy() {
        if (operatorPaused) {
            return OPERATOR;
        }
        return isPaused() ? "backpressure" : null;
    }

    /** The fraction of their frames that producers may send, from 0 to 1, for the whole service. */
    public double consumptionRate() {
        return rate(level);
    }

    /** The fraction that a producer may send of frames that need all of these capabilities; empty: any processor. */
    public double consumptionRate(Collection<String> needs) {
        return consumptionRate(needs, Double.POSITIVE_INFINITY);
    }

    /**
     * The fraction for a camera with this frame rate. It may always send its own share, so that disobedient cameras cannot take a processor
     * from it.
     */
    public double consumptionRate(Collection<String> needs, double perSecond) {
        return needs.isEmpty()
                ? capabilities.keySet().stream().mapToDouble(name -> rate(name, perSecond)).max().orElse(
                        rate(PressureLevel.NORMAL))
                : needs.stream().mapToDouble(need -> rate(need, perSecond)).min().orElseThrow();
    }

    private double rate(String capability, double perSecond) {
        double told = rate(capabilities.getOrDefault(capability, PressureLevel.NORMAL));
        return operatorPaused
                ? told
                : Math.max(told, Math.min(1, cameraRates.getOrDefault(capability, 0.0) / perSecond));
    }

    private double rate(PressureLevel of) {
        return operatorPaused ? 0 : of.consumptionRate();
    }

    /** Whether it is valid: not older than {@link #SILENCE} and not in the future. */
    public boolean isHeeded(Instant now) {
        return !updatedAt.plus(SILENCE).isBefore(now) && !updatedAt.minus(SILENCE).isAfter(now);
    }

    /** Whether the levels are the same; ignores the time and the shares of cameras, which change constantly. */
    public boolean saysTheSame(Backpressure other) {
        return level == other.level && operatorPaused == other.operatorPaused && capabilities.equals(other.capabilities)
                && processors.equals(other.processors);
    }

    /** The fields of the hash. */
    public Fields encode() {
        Fields.Writer fields = new Fields.Writer(6 + capabilities.size() + processors.size()).put(LEVEL, level.name())
                .put(RATE, Double.toString(consumptionRate())).put("is_paused", Boolean.toString(isPaused()))
                .put(PAUSED_BY, pausedBy() == null ? "" : pausedBy()).put(UPDATED, Timestamps.micros(updatedAt));
        capabilities.forEach((name, at) -> fields.put(CAPABILITY + name, text(described(name, at))));
        processors.forEach((name, at) -> fields.put(PROCESSOR + name, text(described(at))));
        return fields.fields();
    }

    /** Parses the fields of the hash; invalid values count as missing. */
    public static Backpressure decode(Map<String, byte[]> hash) {
        Map<String, PressureLevel> capabilities = new TreeMap<>();
        Map<String, PressureLevel> processors = new TreeMap<>();
        Map<String, Double> cameraRates = new TreeMap<>();
        hash.forEach((field, value) -> {
            described(field, CAPABILITY, value, capabilities::put);
            described(field, PROCESSOR, value, processors::put);
            cameraRate(field, value, cameraRates);
        });
        Instant updatedAt = Timestamps.parse(text(hash.get(UPDATED)));
        return new Backpressure(PressureLevel.named(text(hash.get(LEVEL))).orElse(PressureLevel.NORMAL),
                text(hash.get(PAUSED_BY)).equals(OPERATOR), updatedAt == null ? Instant.EPOCH : updatedAt, capabilities,
                processors, cameraRates);
    }

    /** The message on the channel, as JSON. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("is_paused", isPaused()).put(PAUSED_BY, pausedBy())
                .put(RATE, consumptionRate()).put("backpressure_level", level.name())
                .put(UPDATED, Timestamps.micros(updatedAt));
        ObjectNode byCapability = json.putObject("capabilities");
        capabilities.forEach((name, at) -> byCapability.set(name, described(at)));
        ObjectNode byProcessor = json.putObject("processors");
        processors.forEach((name, at) -> byProcessor.set(name, described(at)));
        return json;
    }

    private ObjectNode described(PressureLevel at) {
        return JsonNodeFactory.instance.objectNode().put(LEVEL, at.name()).put(RATE, rate(at));
    }

    private ObjectNode described(String capability, PressureLevel at) {
        ObjectNode json = described(at);
        Double cameraRate = cameraRates.get(capability);
        return cameraRate == null ? json : json.put(CAMERA_RATE, operatorPaused ? 0 : cameraRate);
    }

    private static void cameraRate(String field, byte[] value, Map<String, Double> found) {
        JsonNode json = field.startsWith(CAPABILITY) ? Json.object(value) : null;
        double rate = json == null ? -1 : json.path(CAMERA_RATE).asDouble(-1);
        if (rate >= 0 && Double.isFinite(rate)) {
            found.put(field.substring(CAPABILITY.length()), rate);
        }
    }

    private static void described(String field, String prefix, byte[] value, BiConsumer<String, PressureLevel> found) {
        JsonNode json = field.startsWith(prefix) ? Json.object(value) : null;
        if (json != null) {
            PressureLevel.named(json.path(LEVEL).asText())
                    .ifPresent(level -> found.accept(field.substring(prefix.length()), level));
        }
    }

    private static String text(ObjectNode json) {
        return new String(Json.bytes(json), StandardCharsets.UTF_8);
    }

    private static String text(byte @Nullable [] value) {
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }
}
