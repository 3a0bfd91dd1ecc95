package framebuffer.redis.handoff;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.text.Fields;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Hands off batches of frames, each batch in one step of Redis: a frame enters all its queues and leaves its source, or stays. The first
 * caller to acknowledge a frame hands it off; all other attempts do nothing.
 *
 * <p>
 * Batches may be pipelined: begin the next before awaiting the last ({@link InFlight#await}). After a lost connection, frames that are
 * still pending in the source were not handed off.
 */
public final class HandOff {
    private static final Script SCRIPT = Script.of("rights.lua", "ids.lua", "ledger.lua", "room.lua", "circuits.lua",
            "steady.lua", "hand_off.lua");

    private static final Script NOTE = Script.of("ledger.lua", "note_cursor.lua");

    /** Maximum number of fields of a target. A Lua script can pass slightly fewer than 8 000 values to a command. */
    private static final int MAX_FIELDS = 3_900;
    private static final int END_KEPT = 100;

    /** Minimum size of a batch for a transaction; below it, the scripts of the transaction cost more than they save. */
    private static final int FEWEST_IN_TRANSACTION = 16;
    /** Number of batches that use the script, which runs without free memory, after Redis refused a transaction for lack of memory. */
    private static final int BATCHES_BY_SCRIPT = 100;

    private final Keys keys;
    private final HandOffSignature signature;
    private final TransactionalHandOff plain;
    private final HandOffLimits limits;
    private final int fewestInTransaction;
    private final Deque<InFlight> onTheirWay = new ArrayDeque<>();
    private int byScript;
    private int repeated;

    /**
     * Limits of the records that a hand-off writes.
     *
     * @param ledgerFields maximum number of fields in the ledger; further cameras count together as {@code other}
     * @param deadLetters approximate maximum number of dead letters; keeps the newest
     * @param shed approximate maximum number of shed frames; keeps the newest
     * @param deferred maximum number of deferred frames; beyond it, the frames that are due first return early
     */
    public record HandOffLimits(int ledgerFields, int deadLetters, int shed, int deferred) {
        public static final HandOffLimits DEFAULT = new HandOffLimits(50_000, 10_000, 10_000, 100_000);
    }

    /**
     * Frames newly read from the capture stream, which count as captured in the same step. All frames delivered to {@code consumer} up to
     * {@code cursor} are then counted exactly once.
     *
     * @param known the previous cursor, as the caller knows it; if the cursor is another, the caller's frames were taken over, and the
     *     whole batch is refused ({@link Fenced})
     */
    public record CapturedFrames(String consumer, EntryId known, EntryId cursor, Map<String, Integer> perCamera) {
    }

    /**
     * A batch.
     *
     * @param source source of the frames
     * @param capacities queue (a key) → capacity, for every target; further queues may be named, to learn their room
     * @param captured frames to count; null: none
     * @param moves the moves, in order
     */
    public record HandOffBatch(FrameSource source, Map<String, Integer> capacities, @Nullable CapturedFrames captured,
            List<Move> moves) {
        public HandOffBatch {
            capacities = new LinkedHashMap<>(capacities);
            moves = List.copyOf(moves);
        }
    }

    /**
     * The result of a batch.
     *
     * @param outcomes one for each move, in order
     * @param room queue → number of further frames it takes now; -1: its key is not a stream
     */
    public record BatchOutcome(List<Move.MoveOutcome> outcomes, Map<String, Integer> room) {
    }

    /**
     * @param consumer the consumer whose pending frames are handed off
     */
    public HandOff(Keys keys, String consumer, HandOffLimits limits) {
        this(keys, consumer, limits, FEWEST_IN_TRANSACTION);
    }

    HandOff(Keys keys, String consumer, HandOffLimits limits, int fewestInTransaction) {
        this.keys = keys;
        this.limits = limits;
        this.signature = new HandOffSignature(keys);
        this.plain = new TransactionalHandOff(keys, consumer, limits, signature);
        this.fewestInTransaction = fewestInTransaction;
    }

    /** Call once on each new connection. */
    public void prepare(RedisConnection redis) {
        onTheirWay.clear();
        signature.load(redis);
        prepareScripts(redis);
    }

    private static void prepareScripts(RedisConnection redis) {
        SCRIPT.load(redis);
        TransactionalHandOff.prepare(redis);
    }

    /**
     * A mark that shows whether a consumer still owns its pending frames. A take-over, a deleted group or key, and a Redis that lost data
     * change the mark.
     *
     * @param cursor last entry of the consumer that is counted as captured
     * @param groups identity of the consumer's groups
     */
    public record OwnershipMark(EntryId cursor, String groups) {
    }

    /** Records that this consumer owns its pending frames. */
    public OwnershipMark mark(RedisConnection redis, String consumer) {
        // A Redis that lost its data has lost the secret.
        signature.load(redis);
        List<?> reply = Replies.list(NOTE.call(redis, List.of(keys.ledger()), List.of(consumer)));
        return new OwnershipMark(EntryId.parse(Replies.text(reply.get(0))),
                Replies.text(reply.get(1)) + ' ' + Replies.text(reply.get(2)));
    }

    /** Whether this consumer still owns its pending frames. */
    public boolean stands(RedisConnection redis, String consumer, OwnershipMark mark) {
        List<@Nullable Object> now = new ArrayList<>(Replies.list(
                redis.call("HMGET", keys.ledger(), "cursor:" + consumer, "made_capture", "made_returned")));
        return mark.cursor().toString().equals(text(now.get(0), ""))
                && mark.groups().equals(text(now.get(1), "0") + ' ' + text(now.get(2), "0"));
    }

    private static String text(@Nullable Object value, String absent) {
        return value == null ? absent : Replies.text(value);
    }

    /** Sends a batch. */
    public InFlight begin(RedisConnection redis, HandOffBatch batch) {
        List<String> queues = List.copyOf(batch.capacities().keySet());
        byScript = Math.max(0, byScript - 1);
        boolean inTransaction = byScript == 0 && batch.moves().size() >= fewestInTransaction
                && TransactionalHandOff.is(batch);
        if (inTransaction) {
            plain.send(redis, batch, queues);
        } else {
            SCRIPT.begin(redis, touched(batch, queues), arguments(batch, queues));
        }
        InFlight begun = new InFlight(redis, batch, queues, inTransaction);
        onTheirWay.add(begun);
        return begun;
    }

    private List<Object> touched(HandOffBatch batch, List<String> queues) {
        List<Object> touched = new ArrayList<>(14 + queues.size());
        touched.addAll(List.of(batch.source().stream(), keys.ledger(), keys.parts(), keys.returned(),
                keys.deadLetter(), keys.shed(), keys.taken(), keys.suspects(), keys.circuits(), keys.shares(),
                keys.deferred(), keys.deferredDue(), keys.deferredClock(), keys.accepted()));
        touched.addAll(queues);
        return touched;
    }

    private List<Object> arguments(HandOffBatch batch, List<String> queues) {
        Map<String, Integer> index = HashMap.newHashMap(queues.size());
        List<Object> line = new ArrayList<>(32 + batch.moves().size() * 40);
        line.add(batch.source().group());
        line.add(batch.source().kind().word());
        line.add(limits.ledgerFields());
        line.add(limits.deadLetters());
        line.add(limits.shed());
        line.add(batch.moves().stream().anyMatch(Move.Deferred.class::isInstance) ? 1 : 0);
        for (String queue : queues) {
            index.put(queue, index.size() + 1);
            line.add(Objects.requireNonNull(batch.capacities().get(queue)));
        }
        addCaptured(line, batch.captured());
        for (Move move : batch.moves()) {
            line.add(move.entry().toString());
            line.add(move.captureId().toString());
            line.add(move.camera());
            addTargets(line, move, index);
        }
        return line;
    }

    /** The counts of captured frames, and the cursors. */
    static void addCaptured(List<Object> line, @Nullable CapturedFrames captured) {
        if (captured == null) {
            line.addAll(List.of("", "", "", 0));
            return;
        }
        line.addAll(List.of(captured.consumer(), captured.known().toString(), captured.cursor().toString(),
                captured.perCamera().size()));
        captured.perCamera().forEach((camera, frames) -> {
            line.add(camera);
            line.add(frames);
        });
    }

    private void addTargets(List<Object> line, Move move, Map<String, Integer> index) {
        switch (move) {
            case Move.ToQueues queues -> {
                line.add(way(queues));
                line.add(queues.blamed() == null ? "" : queues.blamed());
                line.add(queues.targets().size());
                for (Move.QueueTarget target : queues.targets()) {
                    Integer queue = index.get(target.queue());
                    if (queue == null) {
                        throw new IllegalArgumentException("no capacity given for " + target.queue());
                    }
                    if (target.fields().size() > MAX_FIELDS) {
                        throw new IllegalArgumentException("too many fields for " + target.queue());
                    }
                    line.add(queue);
                    line.add(target.fields().size() * 2 + 2);
                    target.fields().addTo(line);
                    line.add(HandOffSignature.FIELD);
                    line.add(signature.sign(target.queue(), target.fields()));
                }
            }
            case Move.ToDeadLetters dead -> {
                line.addAll(List.of("dead", dead.blamed() == null ? "" : dead.blamed(), 1, 0));
                addFields(line, passable(dead.letter()));
            }
            case Move.Deferred deferred -> {
                line.addAll(List.of("deferred " + deferred.delay().toMillis(),
                        deferred.blamed() == null ? "" : deferred.blamed(), 1, 0));
                addFields(line, deferred.returned());
            }
            case Move.Lost _ -> line.addAll(List.of("lost", "", 0));
            case Move.Shed shed -> {
                line.addAll(List.of("shed." + shed.reason(), "", 1, 0));
                addFields(line, shed.kept());
            }
        }
    }

    private static String way(Move.ToQueues queues) {
        return queues.suspect() ? "suspect" : queues.after() == null ? "queue" : "after " + queues.after();
    }

    /** Cuts the middle of a dead letter that is too long: its beginning names the frame, its end the reason. */
    private static Fields passable(Fields letter) {
        if (letter.size() <= MAX_FIELDS) {
            return letter;
        }
        List<byte[]> all = letter.flat();
        List<byte[]> kept = new ArrayList<>(all.subList(0, 2 * (MAX_FIELDS - END_KEPT)));
        kept.addAll(all.subList(all.size() - 2 * END_KEPT, all.size()));
        return Fields.ofFlat(kept);
    }

    private static void addFields(List<Object> line, Fields fields) {
        line.add(fields.size() * 2);
        fields.addTo(line);
    }

    /** A batch whose outcome is awaited. */
    public final class InFlight {
        private final RedisConnection redis;
        private final HandOffBatch batch;
        private final List<String> queues;
        private final boolean inTransaction;
        private final int repeatedBefore = repeated;
        /** A list, or the {@link RedisRefused}; null: not received yet. */
        private @Nullable Object answer;

        private InFlight(RedisConnection redis, HandOffBatch batch, List<String> queues, boolean inTransaction) {
            this.redis = redis;
            this.batch = batch;
            this.queues = queues;
            this.inTransaction = inTransaction;
        }

        /** The batch. */
        public HandOffBatch batch() {
            return batch;
        }

        /**
         * Waits for the outcome. Await batches in the order in which they were sent.
         *
         * @throws Fenced nothing happened: another instance has taken over this one's frames
         * @throws RedisUnavailable the batch may or may not have taken effect
         * @throws RedisRefused nothing happened; for example, a key has the wrong type, or Redis accepts no writes
         */
        public HandOff.BatchOutcome await() {
            Object came = answer();
            onTheirWay.remove(this);
            if (came instanceof RedisRefused e && goesByScript(e.code())) {
                came = byScript(e.code());
            }
            if (came instanceof RedisRefused e) {
                switch (e.code()) {
                    case "NOSCRIPT" -> {
                        redis.close();
                        throw new RedisUnavailable("Redis has forgotten the hand-off script", e);
                    }
                    case "FENCED" -> throw new Fenced(e);
                    default -> throw e;
                }
            }
            return outcome((List<?>) came);
        }

        private Object answer() {
            if (answer == null) {
                try {
                    answer = inTransaction ? TransactionalHandOff.receive(redis, batch) : Replies.list(redis.receive());
                } catch (RedisRefused e) {
                    answer = e;
                }
            }
            return answer;
        }

        /**
         * Whether to repeat a refused batch with the script: its transaction lacked memory or a loaded script, or it was fenced only
         * because an earlier batch is being repeated.
         */
        private boolean goesByScript(String refusal) {
            return switch (refusal) {
                case "OOM", "NOSCRIPT" -> inTransaction;
                case "FENCED" -> repeated != repeatedBefore;
                default -> false;
            };
        }

        /** The replies to the later batches arrive before the reply to the repeated one. */
        private Object byScript(String refusal) {
            onTheirWay.stream().filter(behind -> behind.redis == redis).forEach(InFlight::answer);
            repeated++;
            try {
                if (refusal.equals("NOSCRIPT")) {
                    prepareScripts(redis);
                } else {
                    byScript = BATCHES_BY_SCRIPT;
                }
                return Replies.list(SCRIPT.call(redis, touched(batch, queues), arguments(batch, queues)));
            } catch (RedisRefused e) {
                return e;
            }
        }

        /** Builds the result from the letters and the room of each queue. */
        private HandOff.BatchOutcome outcome(List<?> reply) {
            String letters = Replies.text(reply.getFirst());
            Map<String, Integer> room = HashMap.newHashMap(queues.size());
            for (int q = 0; q < queues.size(); q++) {
                room.put(queues.get(q), (int) Replies.number(reply.get(q + 1)));
            }
            return new HandOff.BatchOutcome(
                    letters.chars().mapToObj(letter -> Move.MoveOutcome.of((char) letter)).toList(),
                    room);
        }
    }
}
