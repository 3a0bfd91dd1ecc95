package framebuffer.orchestrator.processors.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.processors.health.RegisteredProcessor;
import framebuffer.orchestrator.processors.health.RegisteredProcessor.StoredProcessor;
import framebuffer.wire.control.Heartbeat;
import framebuffer.wire.control.Registration;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Json;
import framebuffer.wire.text.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Format of the hash values in Redis: the processor's JSON, with members for time, address and drain added. Other programs may write
 * registrations without these members.
 */
final class RegistryCodec {
    private static final String REGISTERED_AT = "registered_at";
    private static final String UPDATED_AT = "updated_at";
    private static final String FROM = "registered_from";
    private static final String DRAINING = "draining";
    private static final String AT = "at";

    static final List<String> MOMENTS_OF_A_REGISTRATION = List.of(REGISTERED_AT, UPDATED_AT);
    static final List<String> MOMENTS_OF_A_HEARTBEAT = List.of(AT);

    private RegistryCodec() {
    }

    static byte[] registration(StoredProcessor entry) {
        ObjectNode json = entry.registration().json().put(REGISTERED_AT, Timestamps.micros(entry.registeredAt()))
                .put(UPDATED_AT, Timestamps.micros(entry.updatedAt()));
        if (entry.from() != null) {
            json.put(FROM, entry.from());
        }
        return Json.bytes(entry.draining() ? json.put(DRAINING, true) : json);
    }

    static byte[] heartbeat(Heartbeat heartbeat, Instant at) {
        return Json.bytes(heartbeat.json().put(AT, Timestamps.micros(at)));
    }

    /**
     * Decodes the registration of a hash field.
     *
     * @param id the id that it must have; null: any
     */
    static Decoded<Registration> registration(byte[] json, @Nullable String id) {
        return RegistrationReader.decode(json).then(registration -> id == null || registration.id().equals(id)
                ? new Decoded.Valid<>(registration)
                : Decoded.invalid("id", "differs from the field that stores it"));
    }

    /** Decodes a stored processor. One without a time of registration may be arbitrarily old, and counts as seen at the first reading. */
    static StoredProcessor entry(Registration registration, byte[] json, Instant now) {
        Instant registeredAt = moment(json, REGISTERED_AT);
        Instant updatedAt = moment(json, UPDATED_AT);
        return new StoredProcessor(registration, registeredAt == null ? Instant.EPOCH : registeredAt,
                updatedAt != null ? updatedAt : registeredAt != null ? registeredAt : now,
                isDraining(json), text(json, FROM));
    }

    static boolean isDraining(byte[] json) {
        ObjectNode object = Json.object(json);
        return object != null && object.path(DRAINING).booleanValue();
    }

    /** Decodes a heartbeat; invalid without its time of arrival. */
    static Decoded<RegisteredProcessor.ReceivedHeartbeat> heartbeat(byte[] json, String id) {
        return Heartbeat.decode(json, id).then(heartbeat -> {
            Instant at = moment(json, AT);
            return at == null
                    ? Decoded.invalid(AT, "is missing")
                    : new Decoded.Valid<>(new RegisteredProcessor.ReceivedHeartbeat(heartbeat, at));
        });
    }

    /** The value with each of these moments that lies in the future beyond the tolerance replaced by now; null: none does. */
    static byte @Nullable [] notAfter(byte[] json, List<String> moments, Instant now, Duration tolerance) {
        List<String> ahead = moments.stream().filter(field -> {
            Instant at = moment(json, field);
            return at != null && at.isAfter(now.plus(tolerance));
        }).toList();
        ObjectNode object = ahead.isEmpty() ? null : Json.object(json);
        if (object == null) {
            return null;
        }
        ahead.forEach(field -> object.put(field, Timestamps.micros(now)));
        return Json.bytes(object);
    }

    private static @Nullable Instant moment(byte[] json, String field) {
        String text = text(json, field);
        return text == null ? null : Timestamps.parse(text);
    }

    private static @Nullable String text(byte[] json, String field) {
        ObjectNode object = Json.object(json);
        return object == null ? null : object.path(field).textValue();
    }
}
