package framebuffer.trials.load;

import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.observability.stats.Ledger;
import framebuffer.orchestrator.observability.stats.Ledger.LedgerCounts;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.cluster.FanOut;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.redis.frames.BacklogReader;
import framebuffer.redis.frames.LedgerReader;
import framebuffer.wire.Keys;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Compares the sent frames with the ledger.
 *
 * @param before the ledger before the first frame
 * @param after the ledger at the end
 */
record LedgerComparison(Sender.Sent sent, Reading before, Reading after) {

    /**
     * The ledger of the cameras of a load.
     *
     * @param counts sum of their counts
     * @param unread frames of any camera in the capture stream that the service has not read or not counted yet
     */
    record Reading(LedgerCounts counts, long unread) {

        /**
         * Reads the ledger.
         *
         * @param group the service's group on the capture stream
         * @param cameras number of cameras
         */
        static Reading read(PartitionLayout partitions, String group, int cameras) {
            return FanOut.sum(partitions.all(),
                    one -> one.ask(redis -> read(redis, one.keys(), group, cameras)),
                    (all, one) -> new Reading(all.counts.plus(one.counts), all.unread + one.unread));
        }

        private static Reading read(RedisConnection redis, Keys keys, String group, int cameras) {
            // In this order, so that a frame read meanwhile is counted twice and not missed.
            long unread = BacklogReader.read(redis, keys, group, List.of()).capture().unread();
            LedgerReader.LedgerReading ledger = LedgerReader.read(redis, keys, group, List.of());
            Map<String, Map<String, Long>> counts = ledger.counts();
            Map<String, Map<String, Long>> ours = IntStream.range(0, cameras).mapToObj(LoadFrames::camera)
                    .filter(counts::containsKey).collect(Collectors.toMap(camera -> camera, counts::get));
            return new Reading(Ledger.of(new LedgerReader.LedgerReading(ours, 0)).total(), unread + ledger.uncounted());
        }
    }

    private LedgerCounts now() {
        return after.counts();
    }

    /** Frames of an earlier load that were still in flight when this load began. */
    long leftOver() {
        return before.counts().inFlight();
    }

    long captured() {
        return now().captured() - before.counts().captured();
    }

    long done() {
        return now().done() - before.counts().done();
    }

    long dead() {
        return now().dead() - before.counts().dead();
    }

    long lost() {
        return now().lost() - before.counts().lost();
    }

    /** Shed frames by reason. */
    Map<String, Long> shed() {
        Map<String, Long> shed = new TreeMap<>(now().shed());
        before.counts().shed().forEach((reason, frames) -> shed.merge(reason, -frames, Long::sum));
        shed.values().removeIf(frames -> frames == 0);
        return shed;
    }

    private long shedInAll() {
        return shed().values().stream().mapToLong(Long::longValue).sum();
    }

    /** Frames that ended without a result. */
    long endedWithout() {
        return shedInAll() + dead() + lost();
    }

    long inFlight() {
        return now().inFlight();
    }

    /** Announced frames that are unread in the capture stream. */
    long unread() {
        return Math.clamp(sent.announced() - captured(), 0, after.unread());
    }

    /** Announced frames that the service does not know. */
    long unknown() {
        return Math.max(0, sent.announced() - captured() - unread());
    }

    /** Captured frames that this load did not send and that were not unread before: another load uses the same cameras. */
    long foreign() {
        return Math.max(0, captured() - sent.announced() - sent.resent() - before.unread());
    }

    /** Whether all sent frames have ended, by the ledger. */
    boolean settled() {
        return inFlight() <= 0 && captured() >= sent.announced();
    }

    /** Whether each frame that should have been sent is done, shed, dead or in flight. */
    boolean balances() {
        return sent.refused() == 0 && sent.unsent() == 0 && lost() <= 0 && unknown() == 0 && foreign() == 0
                && (captured() > 0 || sent.announced() == 0);
    }

    ObjectNode addTo(ObjectNode json) {
        json.put("left_over", leftOver()).put("captured", captured()).put("done", done());
        shed().forEach(json.putObject("shed")::put);
        return json.put("dead", dead()).put("lost", lost()).put("in_flight", inFlight()).put("unread", unread())
                .put("unknown", unknown()).put("foreign", foreign());
    }

    /** The comparison as one line of text. */
    String line() {
        return (leftOver() == 0 ? "" : leftOver() + " left over + ") + captured() + " captured = " + done() + " done + "
                + shedInAll() + " shed + " + dead() + " dead + " + lost() + " lost + " + inFlight() + " in flight"
                + (unread() == 0 ? "" : "; " + unread() + " not read yet")
                + (unknown() == 0 ? "" : "; " + unknown() + " UNKNOWN TO THE SERVICE")
                + (foreign() == 0 ? "" : "; " + foreign() + " from another load with the same cameras") + ": "
                + (balances() ? "every frame is accounted for" : "NOT EVERY FRAME IS ACCOUNTED FOR");
    }
}
