package framebuffer.migration.steps;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.migration.gate.GateStreams;
import framebuffer.migration.steps.StepJournal.MigrationStep;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.wire.Keys;
import framebuffer.wire.control.TrafficSwitches;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Where a migration is, and what proves that no frame was lost.
 *
 * @param switches what all instances obey
 * @param counts what the gate has counted since it was opened
 * @param streams who has read how far
 * @param steps all steps, the oldest first
 * @param decommissioned whether the older service was stopped for good
 */
public record MigrationStatus(TrafficSwitches switches, GateCounts counts, StreamReaders streams,
        List<MigrationStep> steps, boolean decommissioned) {
    /**
     * Frames that passed the gate since it was opened.
     *
     * @param ours went to this service
     * @param legacy went to the older service
     * @param tooLarge could not be copied
     * @param dropped left the full stream of the older service unread
     * @param pendingMoved the older service held them unacknowledged when the gate was opened, and got them again
     * @param pendingLost the same, but a producer had trimmed them
     * @param trimmed a producer trimmed them before the gate could take them; 0 if Redis does not know
     */
    public record GateCounts(long ours, long legacy, long tooLarge, long dropped, long pendingMoved,
            long pendingLost, long trimmed) {
        /** The group must have been read before the fields, or frames that passed in between would count as trimmed. */
        static GateCounts of(Map<String, byte[]> fields, Optional<OlderService> gate) {
            long due = gate.filter(_ -> fields.containsKey("added_before"))
                    .map(one -> one.added() - one.unread() - StepJournal.count(fields, "added_before")).orElse(0L);
            return new GateCounts(StepJournal.count(fields, "ours"), StepJournal.count(fields, "legacy"),
                    StepJournal.count(fields, "too_large"), StepJournal.count(fields, "dropped"),
                    StepJournal.count(fields, "pending_moved"), StepJournal.count(fields, "pending_lost"),
                    Math.max(0, due - StepJournal.count(fields, "frames")));
        }

        /** All frames that passed. */
        public long passed() {
            return ours + legacy + tooLarge;
        }
    }

    /**
     * The groups on the three streams; empty: the group does not exist.
     *
     * @param gate the gate on the producers' stream
     * @param olderBefore the older service on the producers' stream
     * @param olderNow the older service on its own stream
     * @param ours this service on its stream
     */
    public record StreamReaders(Optional<OlderService> gate, Optional<OlderService> olderBefore,
            Optional<OlderService> olderNow, Optional<OlderService> ours) {
    }

    /** Where the operator is. */
    public enum Stage {
        /** Nothing was begun. */
        BEFORE("the older service handles all frames", "frame-buffer migrate shadow on"),
        /** This service records what it would do. */
        SHADOW("the older service handles all frames; this service records what it would do",
                "look at frame-buffer migrate report; then set the stream of the older service to frames:capture:legacy, and run frame-buffer migrate gate on"),
        /** All frames pass the gate to the older service. */
        GATE("all frames pass the gate; the older service handles them all", "frame-buffer migrate split 10"),
        /** Both services handle frames. */
        SPLIT("both services handle frames", "raise the share: frame-buffer migrate split 100"),
        /** This service handles all frames. */
        WHOLE("this service handles all frames", "frame-buffer migrate decommission --check"),
        /** The older service is stopped for good. */
        ENDING("the older service is stopped; the gate gives all frames to this service",
                "stop all instances of this service, and start them without --migration");

        private final String meaning;
        private final String next;

        Stage(String meaning, String next) {
            this.meaning = meaning;
            this.next = next;
        }

        /** The stage that these switches make. */
        public static Stage of(TrafficSwitches switches) {
            if (!switches.gate()) {
                return switches.shadow() ? SHADOW : BEFORE;
            }
            return switch (switches.percent()) {
                case 0 -> GATE;
                case 100 -> WHOLE;
                default -> SPLIT;
            };
        }

        /** The word for it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** What it means, as a sentence without a full stop. */
        public String meaning() {
            return meaning;
        }

        /** What usually follows. */
        public String next() {
            return next;
        }
    }

    /** Reads the status. */
    public static MigrationStatus read(RedisConnection redis, GateStreams streams) {
        Keys keys = streams.keys();
        MigrationSteps steps = new MigrationSteps(redis, streams);
        Optional<OlderService> gate = OlderService.read(redis, keys.produced(), streams.group());
        return new MigrationStatus(steps.switches(),
                GateCounts.of(Replies.map(redis.call("HGETALL", keys.migration())), gate),
                new StreamReaders(gate,
                        OlderService.read(redis, keys.produced(), streams.legacyGroup()),
                        OlderService.read(redis, keys.legacy(), streams.legacyGroup()),
                        OlderService.read(redis, keys.capture(), streams.group())),
                steps.journal().all(), MigrationSteps.isDecommissioned(redis, keys));
    }

    /** Where the operator is. */
    public Stage stage() {
        return decommissioned && switches.gate() ? Stage.ENDING : Stage.of(switches);
    }

    /** Whether no frame was lost, and no step was interrupted. */
    public boolean isSound() {
        return counts.dropped() + counts.tooLarge() + counts.trimmed() == 0
                && steps.stream().allMatch(step -> step.ended() != null);
    }

    /** As JSON. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("stage", stage().word())
                .put("meaning", stage().meaning()).put("next", stage().next()).put("shadow", switches.shadow())
                .put("gate", switches.gate()).put("split", switches.gate() ? switches.percent() : 0)
                .put("split_by", switches.by().word());
        json.putObject("passed").put("ours", counts.ours()).put("legacy", counts.legacy())
                .put("too_large", counts.tooLarge()).put("dropped", counts.dropped())
                .put("pending_moved", counts.pendingMoved()).put("pending_lost", counts.pendingLost())
                .put("trimmed", counts.trimmed());
        ObjectNode readers = json.putObject("streams");
        show(readers, "gate", streams.gate());
        show(readers, "older_before", streams.olderBefore());
        show(readers, "older_now", streams.olderNow());
        show(readers, "ours", streams.ours());
        ArrayNode list = json.putArray("steps");
        steps.forEach(step -> list.addObject().put("number", step.number()).put("action", step.action())
                .put("begun", step.begun().toString())
                .put("ended", step.ended() == null ? null : step.ended().toString()).put("ours", step.ours())
                .put("legacy", step.legacy()));
        return json;
    }

    private static void show(ObjectNode readers, String name, Optional<OlderService> group) {
        group.ifPresent(one -> readers.putObject(name).put("pending", one.pending()).put("unread", one.unread())
                .put("silent_ms", one.silent().map(Duration::toMillis).orElse(null)));
    }
}
