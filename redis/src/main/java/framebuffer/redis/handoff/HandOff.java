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
 * Hands frames off, a batch at a time, in one step of Redis: a frame enters all its queues and leaves its source, or nothing
 * happens to it. Whoever acknowledges first hands off; every other attempt at the same frame, now or later, does nothing.
 *
 * <p>
 * Batches may be pipelined: begin the next before the last is {@link InFlight#await}ed. After a lost connection, what is still
 * pending in the source was not handed off.
 */
public final class HandOff {
    private static final Script SCRIPT = Script.of("rights.lua", "ids.lua", "ledger.lua", "room.lua", "circuits.lua",
            "steady.lua", "hand_off.lua");

    private static final Script NOTE = Script.of("ledger.lua", "note_cursor.lua");

    /** Most fields of a target. A Lua script passes somewhat less than 8 000 values to a command. */
    private static final int MAX_FIELDS = 3_900;
    private static final int END_KEPT = 100;

    /** With fewer frames the scripts of a transaction cost more than is saved. */
    private static final int FEWEST_IN_TRANSACTION = 16;
    /** After a transaction was refused for want of memory, so many batches go by the script, which needs none, before the next is tried. */
    private static final int BATCHES_BY_SCRIPT = 100;

    private final Keys keys;
    private final TransactionalHandOff plain;
    private final HandOffLimits limits;
    private final int fewestInTransaction;
    private final Deque<InFlight> onTheirWay = new ArrayDeque<>();
    private int byScript;
    private int repeated;

    /**
     * Bounds of what a hand-off writes besides frames.
     *
     * @param ledgerFields
     *            most fields in the ledger; cameras beyond are counted together, as {@code other}
     * @param deadLetters
     *            most dead letters kept, the newest; a few more may be there
     * @param shed
     *            most shed frames kept to be looked up, the newest; a few more may be there
     * @param deferred
     *            most frames that wait because they may not go yet; beyond, those that are due first go early
     */
    public record HandOffLimits(int ledgerFields, int deadLetters, int shed, int deferred) {
        public static final HandOffLimits DEFAULT = new HandOffLimits(100_000, 10_000, 10_000, 100_000);
    }

    /**
     * Frames newly read from the capture stream, to be counted as captured in the same step. Those delivered to
     * {@code consumer} up to {@code cursor} are then counted, once, whatever happens to whom.
     *
     * @param known
     *            up to where they were counted before, as far as the caller knows: where that is not so, the caller was taken for dead,
     *            and nothing of the whole batch happens ({@link Fenced})
     */
    public record CapturedFrames(String consumer, EntryId known, EntryId cursor, Map<String, Integer> perCamera) {
    }

    /**
     * One step.
     *
     * @param source
     *            where the frames are
     * @param capacities
     *            queue (a key) → capacity, for every target; queues without a frame may be named, to learn their room
     * @param captured
     *            what is to be counted; null: nothing
     * @param moves
     *            what is to become of which entry, in order
     */
    public record HandOffBatch(FrameSource source, Map<String, Integer> capacities, @Nullable CapturedFrames captured,
            List<Move> moves) {
        public HandOffBatch {
            capacities = new LinkedHashMap<>(capacities);
            moves = List.copyOf(moves);
        }
    }

    /**
     * What came of it.
     *
     * @param outcomes
     *            one for each move, in order
     * @param room
     *            queue → how many frames more it takes now; -1 when its key is no stream
     */
    public record BatchOutcome(List<Move.MoveOutcome> outcomes, Map<String, Integer> room) {
    }

    /**
     * @param consumer
     *            for whom the frames are pending that are handed off
     */
    public HandOff(Keys keys, String consumer, HandOffLimits limits) {
        this(keys, consumer, limits, FEWEST_IN_TRANSACTION);
    }

    HandOff(Keys keys, String consumer, HandOffLimits limits, int fewestInTransaction) {
        this.keys = keys;
        this.limits = limits;
        this.plain = new TransactionalHandOff(keys, consumer, limits);
        this.fewestInTransaction = fewestInTransaction;
    }

    /** Must be called once on each new connection. */
    public void prepare(RedisConnection redis) {
        onTheirWay.clear();
        prepareScripts(redis);
    }

    private static void prepareScripts(RedisConnection redis) {
        SCRIPT.load(redis);
        TransactionalHandOff.prepare(redis);
    }

    /**
     * What tells whether what is pending for a consumer is still its own: suspension and take-over, a group or a key that is deleted, or
     * a Redis that has forgotten something change it.
     *
     * @param cursor
     *            up to where its frames are counted as captured
     * @param groups
     *            which groups it reads in
     */
    public record OwnershipMark(EntryId cursor, String groups) {
    }

    /** What is pending for this consumer is its own from now on; that is noted. */
    public OwnershipMark mark(RedisConnection redis, String consumer) {
        List<?> reply = Replies.list(NOTE.call(redis, List.of(keys.ledger()), List.of(consumer)));
        return new OwnershipMark(EntryId.parse(Replies.text(reply.get(0))),
                Replies.text(reply.get(1)) + ' ' + Replies.text(reply.get(2)));
    }

    /** Whether it still is. */
    public boolean stands(RedisConnection redis, String consumer, OwnershipMark mark) {
        List<@Nullable Object> now = new ArrayList<>(Replies.list(
                redis.call("HMGET", keys.ledger(), "cursor:" + consumer, "made_capture", "made_returned")));
        return mark.cursor().toString().equals(text(now.get(0), ""))
                && mark.groups().equals(text(now.get(1), "0") + ' ' + text(now.get(2), "0"));
    }

    private static String text(@Nullable Object value, String absent) {
        return value == null ? absent : Replies.text(value);
    }

    /** Puts a batch on its way. */
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
        List<Object> touched = new ArrayList<>(13 + queues.size());
        touched.addAll(List.of(batch.source().stream(), keys.ledger(), keys.parts(), keys.returned(),
                keys.deadLetter(), keys.shed(), keys.taken(), keys.suspects(), keys.circuits(), keys.shares(),
                keys.deferred(), keys.deferredDue(), keys.deferredClock()));
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

    /** Who counts what, and up to where. */
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

    private static void addTargets(List<Object> line, Move move, Map<String, Integer> index) {
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
                    addFields(line, target.fields());
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

    /** Of a letter that is too long the middle is left out: whose it is stands at its beginning, why it was written at its end. */
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

    /** A batch on its way. */
    public final class InFlight {
        private final RedisConnection redis;
        private final HandOffBatch batch;
        private final List<String> queues;
        private final boolean inTransaction;
        private final int repeatedBefore = repeated;
        /** A list, or the {@link RedisRefused}; null: it has not come yet. */
        private @Nullable Object answer;

        private InFlight(RedisConnection redis, HandOffBatch batch, List<String> queues, boolean inTransaction) {
            this.redis = redis;
            this.batch = batch;
            this.queues = queues;
            this.inTransaction = inTransaction;
        }

        /** What was asked for. */
        public HandOffBatch batch() {
            return batch;
        }

        /**
         * Waits for the outcome. Batches are awaited in the order in which they were begun.
         *
         * @throws Fenced
         *             nothing happened: another instance has taken over what this one holds
         * @throws RedisUnavailable
         *             whether it happened is not known
         * @throws RedisRefused
         *             nothing happened: a key of ours has the wrong type, say, or Redis does not write at present
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
         * Whether what was refused goes by the script now: a transaction for want of memory, or whose script was forgotten; and what was
         * fenced only because it came before one that was repeated, and which it counts on.
         */
        private boolean goesByScript(String refusal) {
            return switch (refusal) {
                case "OOM", "NOSCRIPT" -> inTransaction;
                case "FENCED" -> repeated != repeatedBefore;
                default -> false;
            };
        }

        /** What Redis answers to the batches behind this one comes first. */
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

        /** From the letters, and the room of each queue. */
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
