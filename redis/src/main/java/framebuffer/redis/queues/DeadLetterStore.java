package framebuffer.redis.queues;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.queues.DeadLetterStore.FullDeadLetter.FieldContent;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.frame.DeadLetter;
import framebuffer.wire.frame.DeadLetter.DeadLetterReason;
import framebuffer.wire.text.Decoded;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The dead letters. Each change of a dead letter is one step of Redis; each call does a bounded amount of work. */
public final class DeadLetterStore {
    /** Maximum number of dead letters that one call returns or changes. */
    public static final int STEP = 200;

    /** Maximum number of dead letters that one call inspects. */
    public static final int LOOKS = 1_000;

    /** Maximum size of a returned value, in bytes; of a longer value only the length is returned. */
    public static final int LONGEST_SHOWN = 4_096;

    private static final Script READ = Script.reading("read_dead_letters.lua");
    private static final Script SHOW = Script.reading("show_dead_letter.lua");
    private static final Script REQUEUE = Script.of("ids.lua", "ledger.lua", "requeue_dead_letters.lua");
    private static final Script DELETE = Script.of("ids.lua", "ledger.lua", "delete_dead_letter.lua");
    private static final Script TIDY = Script.of("ids.lua", "ledger.lua", "trim_dead_letters.lua");

    private static final List<String> SHORT = List.of("dead_reason", "dead_detail", "dead_at", "dead_source", "attempt",
            "dead_counted", DeadLetter.HISTORY, "frame_id", "camera_id", "capability", "capture_id", "detection_type",
            "metadata",
            "frame_buffer_key");
    private static final Set<String> NOT_THE_FRAMES = Set.of("dead_reason", "dead_detail", "dead_at", "dead_source",
            "attempt", DeadLetter.HISTORY);

    private final Keys keys;

    /** The order of a list. */
    public enum ListOrder {
        /** The newest dead letter first. */
        NEWEST_FIRST,
        /** The oldest dead letter first. */
        OLDEST_FIRST
    }

    /**
     * A query for dead letters.
     *
     * @param after continue after this one, in this order; null: from the beginning
     * @param upTo last one, in this order; null: no limit
     * @param reason only this reason; null: any
     * @param most maximum number, at least 1; at most {@link #STEP} are returned
     */
    public record DeadLetterQuery(ListOrder order, @Nullable EntryId after, @Nullable EntryId upTo,
            @Nullable DeadLetterReason reason,
            int most) {
        /** The same query, continued after this one. */
        public DeadLetterQuery after(EntryId last) {
            return new DeadLetterQuery(order, last, upTo, reason, most);
        }
    }

    /**
     * A page of dead letters, without entries that are not dead letters.
     *
     * @param next continue after this one; null: the last page
     */
    public record DeadLetterPage(List<StoredDeadLetter> letters, @Nullable EntryId next) {
        public DeadLetterPage {
            letters = List.copyOf(letters);
        }
    }

    /**
     * The result of a cleanup.
     *
     * @param removed dead letters that were too many or too old
     * @param next position for the next call
     */
    public record CleanupResult(long removed, String next) {
        /** The position of the first call. */
        public static final String START = "0";
    }

    public DeadLetterStore(Keys keys) {
        this.keys = keys;
    }

    /** Returns the next page. Inspects at most {@link #LOOKS}, so that a page may be empty and not the last. */
    public DeadLetterPage list(RedisConnection redis, DeadLetterQuery query) {
        List<Object> line = wanted();
        line.add(query.order() == ListOrder.NEWEST_FIRST ? "newest" : "oldest");
        line.add(query.after() == null ? "" : query.after().toString());
        line.add(query.upTo() == null ? "" : query.upTo().toString());
        line.add(query.reason() == null ? "" : query.reason().word());
        line.add(Math.clamp(query.most(), 1, STEP));
        line.add(LOOKS);
        List<?> reply = Replies.list(READ.call(redis, List.of(keys.deadLetter()), line));
        String next = Replies.text(reply.getFirst());
        return new DeadLetterPage(letters(reply), next.isEmpty() ? null : EntryId.parse(next));
    }

    /** Returns the existing dead letters among these ids, in this order. */
    public List<StoredDeadLetter> find(RedisConnection redis, List<EntryId> ids) {
        List<StoredDeadLetter> found = new ArrayList<>(ids.size());
        List<EntryId> left = ids;
        while (!left.isEmpty()) {
            List<Object> line = wanted();
            line.add("these");
            left.forEach(id -> line.add(id.toString()));
            List<?> reply = Replies.list(READ.call(redis, List.of(keys.deadLetter()), line));
            found.addAll(letters(reply));
            String last = Replies.text(reply.getFirst());
            left = last.isEmpty() ? List.of() : left.subList(left.indexOf(EntryId.parse(last)) + 1, left.size());
        }
        return found;
    }

    private static List<Object> wanted() {
        List<Object> line = new ArrayList<>(SHORT.size() + 8);
        line.add(SHORT.size());
        line.addAll(SHORT);
        return line;
    }

    private static List<StoredDeadLetter> letters(List<?> reply) {
        List<StoredDeadLetter> letters = new ArrayList<>(reply.size() - 1);
        for (StreamEntry entry : Replies.entries(reply.subList(1, reply.size()))) {
            if (entry.fields() != null
                    && DeadLetter.decode(entry.fields()) instanceof Decoded.Valid<DeadLetter>(DeadLetter letter)) {
                letters.add(new StoredDeadLetter(entry.id(), letter));
            }
        }
        return letters;
    }

    /** Returns a dead letter with all fields of its frame. */
    public Optional<FullDeadLetter> show(RedisConnection redis, EntryId id) {
        List<StoredDeadLetter> found = find(redis, List.of(id));
        if (found.isEmpty()) {
            return Optional.empty();
        }
        List<FieldContent> parts = new ArrayList<>();
        for (Object one : Replies.list(
                SHOW.call(redis, List.of(keys.deadLetter()), List.of(id.toString(), LONGEST_SHOWN)))) {
            List<?> field = Replies.list(one);
            String name = Replies.text(field.get(0));
            long bytes = Replies.number(field.get(1));
            if (!NOT_THE_FRAMES.contains(name)) {
                parts.add(new FieldContent(name, bytes, bytes > LONGEST_SHOWN ? null : text(field.get(2))));
            }
        }
        return Optional.of(new FullDeadLetter(found.getFirst(), parts));
    }

    private static @Nullable String text(@Nullable Object value) {
        try {
            return value instanceof byte[] bytes
                    ? StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString()
                    : null;
        } catch (CharacterCodingException e) {
            // Pixels or other data of the producer: return only the length.
            return null;
        }
    }

    /** Numbers of dead letters removed so far by all instances, because of their number ({@code number}) or age ({@code age}). */
    public Map<String, Long> dropped(RedisConnection redis) {
        List<?> counts = Replies
                .list(redis.call("HMGET", keys.ledger(), "letters_dropped_number", "letters_dropped_age"));
        return Map.of("number", count(counts.get(0)), "age", count(counts.get(1)));
    }

    /** A corrupt value counts as 0. */
    private static long count(@Nullable Object counted) {
        String text = counted == null ? "" : Replies.text(counted);
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }

    /** The newest dead letter; empty: none. */
    public Optional<EntryId> newest(RedisConnection redis) {
        DeadLetterPage last = list(redis, new DeadLetterQuery(ListOrder.NEWEST_FIRST, null, null, null, 1));
        return Optional.ofNullable(last.letters().isEmpty() ? last.next() : last.letters().getFirst().id());
    }

    /**
     * Requeues dead letters as frames without attempts: each enters the returned stream with its history and counts as in flight.
     *
     * @param letters at most {@link #STEP}
     * @return the requeued dead letters; the others no longer existed
     */
    public List<EntryId> requeue(RedisConnection redis, List<StoredDeadLetter> letters) {
        List<EntryId> requeued = new ArrayList<>(letters.size());
        int done = 0;
        while (done < letters.size()) {
            String outcomes = requeueSome(redis, letters.subList(done, letters.size()));
            for (int i = 0; i < outcomes.length(); i++) {
                if (outcomes.charAt(i) == 'r') {
                    requeued.add(letters.get(done + i).id());
                }
            }
            done += outcomes.length();
        }
        return requeued;
    }

    private String requeueSome(RedisConnection redis, List<StoredDeadLetter> letters) {
        List<Object> line = new ArrayList<>(letters.size() * 5);
        for (StoredDeadLetter kept : letters) {
            line.add(kept.id().toString());
            line.add(kept.captureId(keys.capture()).toString());
            line.add(kept.cameraId());
            line.add(kept.letter().cameFrom(keys.capture()) ? "captured" : "");
            line.add(kept.letter().historyJson());
        }
        return Replies.text(REQUEUE.call(redis,
                List.of(keys.deadLetter(), keys.returned(), keys.ledger(), keys.parts(), keys.taken(),
                        keys.accepted()),
                line));
    }

    /** Deletes a dead letter; its frame stays dead. Returns false if it does not exist. */
    public boolean delete(RedisConnection redis, EntryId id) {
        List<StoredDeadLetter> found = find(redis, List.of(id));
        EntryId captureId = found.isEmpty() ? id : found.getFirst().captureId(keys.capture());
        return Replies.number(DELETE.call(redis, List.of(keys.deadLetter(), keys.parts()),
                List.of(id.toString(), captureId.toString()))) == 1;
    }

    /**
     * Removes some dead letters that are too many or too old, and counts them; removes the parts of frames without remaining dead letters.
     * Call it repeatedly.
     *
     * @param most maximum number kept
     * @param oldest those that were stored before this moment are too old
     * @param from position from the previous call, at first {@link CleanupResult#START}
     */
    public CleanupResult tidy(RedisConnection redis, int most, Instant oldest, String from) {
        // No id lies before 0-0, and Redis refuses such a range.
        EntryId before = new EntryId(Math.max(1, oldest.toEpochMilli()), 0);
        List<?> reply = Replies.list(TIDY.call(redis, List.of(keys.deadLetter(), keys.ledger(), keys.parts()),
                List.of(most, before.toString(), STEP, from)));
        return new CleanupResult(Replies.number(reply.get(0)), Replies.text(reply.get(1)));
    }

    /**
     * A stored dead letter.
     *
     * @param id id of its entry
     * @param letter the dead letter, with only the short fields of its frame
     */
    public record StoredDeadLetter(EntryId id, DeadLetter letter) {

        /** The frame's id from its producer, valid or not; empty: none. */
        public String frameId() {
            String frameId = letter.frame().text("frame_id");
            return frameId == null ? "" : frameId;
        }

        /** The frame's camera, or {@code unknown}. */
        public String cameraId() {
            return DeadLetter.camera(letter.frame());
        }

        /** The frame's id in the capture stream, if known. */
        EntryId captureId(String captureStream) {
            // What others wrote into a letter that the ledger does not count must not name another frame.
            return DeadLetter.captureId(letter.frame(), letter.source().id(),
                    letter.cameFrom(captureStream) || !letter.counted());
        }
    }

    /**
     * A dead letter with all fields of its frame.
     *
     * @param kept the letter
     * @param fields the fields of the frame, in order, without the fields of the dead letter
     */
    public record FullDeadLetter(StoredDeadLetter kept, List<FieldContent> fields) {
        public FullDeadLetter {
            fields = List.copyOf(fields);
        }

        /**
         * A field of the frame.
         *
         * @param bytes the length of its value
         * @param text its value; null if it is longer than {@link DeadLetterStore#LONGEST_SHOWN} bytes or not text
         */
        public record FieldContent(String name, long bytes, @Nullable String text) {
        }
    }
}
