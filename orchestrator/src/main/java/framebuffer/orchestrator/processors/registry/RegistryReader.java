package framebuffer.orchestrator.processors.registry;

import framebuffer.orchestrator.processors.health.Circuit;
import framebuffer.orchestrator.processors.health.HealthPoll;
import framebuffer.orchestrator.processors.health.RegisteredProcessor;
import framebuffer.orchestrator.processors.health.RegisteredProcessor.ProcessorEvidence;
import framebuffer.orchestrator.processors.health.RegisteredProcessor.ReceivedHeartbeat;
import framebuffer.orchestrator.processors.health.RegisteredProcessor.StoredProcessor;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.redis.queues.ProcessorActivity;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Registration;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.FieldReader;
import framebuffer.wire.text.NaturalOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the hashes of the registry and of the observations. Skips malformed entries, and logs when one appears and when it is gone. For one
 * thread at a time.
 */
final class RegistryReader {
    private static final Logger log = LoggerFactory.getLogger(RegistryReader.class);

    private static final Script REPLACE = Script.of("/framebuffer/orchestrator/processors/registry/replace_hash.lua");
    /** Other instances may write slightly later times while this one reads. */
    private static final Duration TOLERANCE = Duration.ofSeconds(1);

    private final Keys keys;
    private final int probes;
    private Map<String, CachedRegistration> known = Map.of();
    private Set<String> unreadable = new HashSet<>();

    /** An entry that was read before; it is decoded again only when its bytes change. */
    private static final class CachedRegistration {
        private final byte[] json;
        private final StoredProcessor entry;

        CachedRegistration(byte[] json, StoredProcessor entry) {
            this.json = json;
            this.entry = entry;
        }
    }

    /** Observations by queue key and by processor id. Malformed ones count as absent. */
    private record StoredEvidence(Map<String, byte[]> activity, Map<String, byte[]> polls,
            Map<String, byte[]> circuits) {
        ProcessorEvidence about(String id, String queue) {
            byte[] seen = activity.get(queue);
            return new ProcessorEvidence(seen == null ? null : ProcessorActivity.parse(seen),
                    HealthPoll.parse(text(polls, id)),
                    Circuit.parse(text(circuits, id)));
        }

        private static String text(Map<String, byte[]> hash, String id) {
            byte[] bytes = hash.get(id);
            return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
        }
    }

    RegistryReader(Keys keys, int probes) {
        this.keys = keys;
        this.probes = probes;
    }

    /** Reads and judges all processors. */
    RegistrySnapshot read(RedisConnection redis, Instant now) {
        List.of(keys.registry(), keys.health(), keys.departed(), keys.activity(), keys.polls(), keys.circuits())
                .forEach(hash -> redis.send("HGETALL", List.of(hash)));
        Map<String, byte[]> registered = Replies.map(redis.receive());
        Map<String, byte[]> heard = Replies.map(redis.receive());
        Map<String, byte[]> departed = Replies.map(redis.receive());
        StoredEvidence found = new StoredEvidence(Replies.map(redis.receive()), Replies.map(redis.receive()),
                Replies.map(redis.receive()));
        clamp(redis, keys.registry(), registered, now, RegistryCodec.MOMENTS_OF_A_REGISTRATION);
        clamp(redis, keys.health(), heard, now, RegistryCodec.MOMENTS_OF_A_HEARTBEAT);
        Set<String> skipped = new HashSet<>();
        remember(registered, now, skipped);
        TreeMap<String, RegisteredProcessor> processors = new TreeMap<>(NaturalOrder.NAMES);
        known.forEach((id, one) -> processors.put(id, RegisteredProcessor.judged(one.entry, heard(heard, id, skipped),
                found.about(id, keys.queue(one.entry.registration().queue())), now)));
        RegistrySnapshot snapshot = RegistrySnapshot.of(processors, departed(departed, skipped), probes);
        unreadable.stream().filter(entry -> !skipped.contains(entry))
                .forEach(entry -> log.info("{} is valid again, or gone", entry));
        unreadable = skipped;
        return snapshot;
    }

    /**
     * Replaces future moments, written before Redis's clock was set back, by now, for all instances: otherwise a silent processor would
     * seem live until then.
     */
    private static void clamp(RedisConnection redis, String hash, Map<String, byte[]> values, Instant now,
            List<String> moments) {
        Map<String, byte[]> clamped = new HashMap<>();
        values.forEach((id, json) -> {
            byte[] right = RegistryCodec.notAfter(json, moments, now, TOLERANCE);
            if (right != null) {
                clamped.put(id, right);
            }
        });
        clamped.forEach((id, right) -> {
            byte[] wrong = Objects.requireNonNull(values.put(id, right));
            REPLACE.call(redis, List.of(hash), List.of(id, wrong, right));
        });
    }

    private void remember(Map<String, byte[]> registered, Instant now, Set<String> skipped) {
        Map<String, CachedRegistration> entries = HashMap.newHashMap(registered.size());
        registered.forEach((id, json) -> {
            CachedRegistration before = known.get(id);
            if (before != null && Arrays.equals(before.json, json)) {
                entries.put(id, before);
                return;
            }
            Registration registration = readable(keys.registry(), id, RegistryCodec.registration(json, id), skipped);
            if (registration != null) {
                entries.put(id, new CachedRegistration(json, RegistryCodec.entry(registration, json, now)));
            }
        });
        known = entries;
    }

    private @Nullable ReceivedHeartbeat heard(Map<String, byte[]> heartbeats, String id, Set<String> skipped) {
        byte[] json = heartbeats.get(id);
        return json == null ? null : readable(keys.health(), id, RegistryCodec.heartbeat(json, id), skipped);
    }

    private List<Registration> departed(Map<String, byte[]> departed, Set<String> skipped) {
        List<Registration> registrations = new ArrayList<>(departed.size());
        departed.forEach((queue, json) -> {
            Registration registration = readable(keys.departed(), queue, RegistryCodec.registration(json, null),
                    skipped);
            if (registration != null) {
                registrations.add(registration);
            }
        });
        return registrations;
    }

    private <T> @Nullable T readable(String hash, String field, Decoded<T> decoded, Set<String> skipped) {
        return switch (decoded) {
            case Decoded.Valid<T>(T value) -> value;
            case Decoded.Invalid<T> invalid -> {
                String entry = "field " + FieldReader.shown(field) + " of " + hash;
                skipped.add(entry);
                if (!unreadable.contains(entry)) {
                    log.warn("ignoring {}: {}", entry, invalid.detail());
                }
                yield null;
            }
        };
    }
}
