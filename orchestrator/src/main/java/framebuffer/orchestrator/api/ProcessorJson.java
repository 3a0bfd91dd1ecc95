package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.processors.health.HealthPoll;
import framebuffer.orchestrator.processors.health.RegisteredProcessor;
import framebuffer.wire.SecretAddress;
import framebuffer.wire.control.Heartbeat;
import framebuffer.wire.text.Timestamps;
import java.util.List;
import java.util.Set;

/** A processor as it is shown: what it registered, what it last reported, and how we judge it. */
final class ProcessorJson {
    private static final Set<String> NOT_FIGURES = Set.of("processor_id", "status");
    private static final List<String> ADDRESSES = List.of("endpoint", "health_endpoint");

    private ProcessorJson() {
    }

    /** How it is, without what it registered. */
    static ObjectNode health(RegisteredProcessor processor) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("processor_id", processor.registration().id())
                .put("status", processor.health().status().word()).put("status_reason", processor.health().reason())
                .put("circuit", processor.circuit().word()).put("draining", processor.draining())
                .put("last_seen", Timestamps.micros(processor.lastSeen()))
                .put("lease_ends", Timestamps.micros(processor.leaseEnds()));
        if (processor.registration().healthEndpoint() != null) {
            json.put("health_poll", shown(processor.evidence().poll()));
        }
        Heartbeat heartbeat = processor.heartbeat();
        if (heartbeat != null) {
            json.setAll(heartbeat.json().remove(NOT_FIGURES));
        }
        return json;
    }

    private static String shown(HealthPoll poll) {
        return switch (poll.kind()) {
            case GOOD, DEGRADED, BAD -> "answers " + poll.detail();
            case SILENT -> "does not answer: " + poll.detail();
            case REFUSED -> "is not polled: " + poll.detail();
            case NONE -> "has not been polled yet";
        };
    }

    /** All of it but its secrets, in the form of {@code GET /processors}. */
    public static ObjectNode of(RegisteredProcessor processor) {
        ObjectNode json = processor.registration().json();
        for (String address : ADDRESSES) {
            String given = json.path(address).asText();
            if (given.contains("://")) {
                json.put(address, new SecretAddress(given).withPath());
            }
        }
        Heartbeat heartbeat = processor.heartbeat();
        if (heartbeat != null) {
            json.setAll(heartbeat.json().remove(NOT_FIGURES));
        }
        return json.put("status", processor.health().status().word()).put("status_reason", processor.health().reason())
                .put("circuit", processor.circuit().word()).put("draining", processor.draining())
                .put("last_seen", Timestamps.micros(processor.lastSeen()))
                .put("registered_at", Timestamps.micros(processor.registeredAt()));
    }
}
