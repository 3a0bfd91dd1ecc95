package framebuffer.redis.handoff;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The hand-off of many frames with one queue each, as a transaction: a script decides which frames may go, a command appends each frame,
 * and a script takes the refused frames back (docs/adr/0013-hand-off-in-a-transaction.md). It has the effect of the single script at a
 * lower cost, because the frames' fields do not pass through Lua.
 */
final class TransactionalHandOff {
    private static final Script PERMIT = Script.of("rights.lua", "ledger.lua", "room.lua", "permit.lua");
    private static final Script SETTLE = Script.unchecked("ids.lua", "settle.lua");
    private static final byte[] NOMKSTREAM = "NOMKSTREAM".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ANY_ID = {'*'};
    private static final byte[] NO_ID = {'0'};
    /** Number of commands before the script that decides. */
    private static final int BEFORE = 4;

    private final Keys keys;
    private final String consumer;
    private final HandOff.HandOffLimits limits;
    private final HandOffSignature signature;

    TransactionalHandOff(Keys keys, String consumer, HandOff.HandOffLimits limits, HandOffSignature signature) {
        this.keys = keys;
        this.consumer = consumer;
        this.limits = limits;
        this.signature = signature;
    }

    /** Loads the script that is sent by its digest. */
    static void prepare(RedisConnection redis) {
        PERMIT.load(redis);
    }

    static boolean is(HandOff.HandOffBatch batch) {
        return !batch.moves().isEmpty() && batch.source().kind() == FrameSource.SourceKind.CAPTURE
                && batch.moves().stream().allMatch(TransactionalHandOff::is);
    }

    private static boolean is(Move move) {
        return move instanceof Move.ToQueues queues && queues.targets().size() == 1 && !queues.suspect()
                && queues.blamed() == null;
    }

    void send(RedisConnection redis, HandOff.HandOffBatch batch, List<String> queues) {
        Map<String, Integer> index = HashMap.newHashMap(queues.size());
        queues.forEach(queue -> index.put(queue, index.size() + 1));
        redis.send("MULTI", List.of());
        // Delete an old verdict. And if the user has lost a right that taking frames back requires, Redis refuses to queue these commands
        // and thereby the transaction.
        redis.send("DEL", List.of(keys.verdict()));
        redis.send("GET", List.of(keys.verdict()));
        redis.send("XDEL", List.of(batch.source().stream(), NO_ID));
        // On a missing key: in a long stream Redis would search all of it for entries before the first.
        redis.send("XREVRANGE", List.of(keys.verdict(), NO_ID, NO_ID));
        List<String> judged = new ArrayList<>(List.of(batch.source().stream(), keys.ledger(), keys.verdict(),
                keys.shares(), keys.taken()));
        judged.addAll(queues);
        List<byte[]> entries = batch.moves().stream().map(move -> move.entry().toBytes()).toList();
        // By digest: if Redis does not know the script, no frame is permitted, and all appended frames are taken back.
        PERMIT.send(redis, judged, question(batch, entries, queues, index));
        List<Object> line = new ArrayList<>(64);
        for (Move move : batch.moves()) {
            Move.QueueTarget target = target(move);
            line.clear();
            line.add(target.queue());
            line.add(NOMKSTREAM);
            line.add(ANY_ID);
            target.fields().addTo(line);
            line.add(HandOffSignature.FIELD);
            line.add(signature.sign(target.queue(), target.fields()));
            redis.send("XADD", line);
        }
        List<String> settled = new ArrayList<>(List.of(batch.source().stream(), keys.verdict()));
        settled.addAll(queues);
        // In full, because no other command would take frames back.
        SETTLE.sendInFull(redis, settled, settlement(batch, entries, queues, index));
        redis.send("EXEC", List.of());
        redis.flush();
    }

    private List<Object> question(HandOff.HandOffBatch batch, List<byte[]> entries, List<String> queues,
            Map<String, Integer> index) {
        boolean inOrder = batch.moves().stream().anyMatch(move -> ((Move.ToQueues) move).after() != null);
        List<Object> line = new ArrayList<>(16 + queues.size() + 4 * batch.moves().size());
        line.add(batch.source().group());
        line.add(limits.ledgerFields());
        line.add(inOrder ? 1 : 0);
        queues.forEach(queue -> line.add(Objects.requireNonNull(batch.capacities().get(queue))));
        HandOff.addCaptured(line, batch.captured());
        for (int i = 0; i < entries.size(); i++) {
            Move move = batch.moves().get(i);
            line.add(entries.get(i));
            Integer queue = index.get(target(move).queue());
            if (queue == null) {
                throw new IllegalArgumentException("no capacity given for " + target(move).queue());
            }
            line.add(queue);
            if (inOrder) {
                line.add(move.camera());
                EntryId after = ((Move.ToQueues) move).after();
                line.add(after == null ? "" : after.toBytes());
            }
        }
        return line;
    }

    private List<Object> settlement(HandOff.HandOffBatch batch, List<byte[]> entries, List<String> queues,
            Map<String, Integer> index) {
        int[] counts = new int[queues.size()];
        StringBuilder of = new StringBuilder(3 * batch.moves().size());
        for (Move move : batch.moves()) {
            int queue = Objects.requireNonNull(index.get(target(move).queue()));
            counts[queue - 1]++;
            of.append(queue).append(' ');
        }
        List<Object> line = new ArrayList<>(3 + queues.size() + batch.moves().size());
        line.add(batch.source().group());
        line.add(consumer);
        for (int count : counts) {
            line.add(count);
        }
        line.add(of.toString());
        line.add(batch.moves().stream().map(Move::entry).max(Comparator.naturalOrder()).orElseThrow().toBytes());
        line.addAll(entries);
        return line;
    }

    private static Move.QueueTarget target(Move move) {
        return ((Move.ToQueues) move).targets().getFirst();
    }

    /** Returns the letters and the room of each queue. */
    static List<?> receive(RedisConnection redis, HandOff.HandOffBatch batch) {
        List<@Nullable Object> replies = redis.receiveTransaction(BEFORE + batch.moves().size() + 2);
        if (replies == null) {
            throw new IllegalStateException("a transaction that watches nothing was aborted");
        }
        if (replies.getLast() instanceof RedisRefused e) {
            redis.close();
            throw new RedisUnavailable("whether frames were handed off is not known: " + e.getMessage(), e);
        }
        if (replies.get(BEFORE) instanceof RedisRefused e) {
            throw e;
        }
        List<@Nullable Object> reply = new ArrayList<>();
        reply.add(replies.getLast());
        reply.addAll(Replies.list(replies.get(BEFORE)));
        return reply;
    }
}
