package framebuffer.redis.handoff;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Script;
import framebuffer.wire.Keys;
import framebuffer.wire.frame.QueuedFrame;
import framebuffer.wire.text.FieldNames;
import framebuffer.wire.text.Fields;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signs the hand-off of a frame to a work queue: only an instance can make the signature, because only instances may read the secret. It
 * covers the queue and the fields by which the ledger and the routing know a frame. For one thread.
 */
final class HandOffSignature {
    /** The name of the field, and what it covers of the other fields; the last value of a name counts. */
    static final byte[] FIELD = QueuedFrame.SIGNATURE.getBytes(StandardCharsets.US_ASCII);
    private static final FieldNames COVERED = FieldNames.of("capture_id", "camera_id", "capability", "attempt",
            "priority", "frame_id");
    private static final String ALGORITHM = "HmacSHA256";
    private static final int SECRET_BYTES = 32;
    /** Length of the signature: half of the digest, which nobody can guess. */
    private static final int BYTES = 16;
    private static final Script STORE = Script.of("handoff_secret.lua");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String secretKey;
    private final String queues;
    private final byte[][] covered = new byte[COVERED.size()][];
    private byte @Nullable [] secret;
    private @Nullable Mac mac;

    HandOffSignature(Keys keys) {
        this.secretKey = keys.handOffSecret();
        this.queues = keys.queue(Keys.READY);
    }

    /** Reads the secret of the instances, and stores one if Redis has none. Call once on each new connection. */
    void load(RedisConnection redis) {
        byte[] there = (byte[]) redis.call("GET", secretKey);
        use(there != null
                ? there
                : (byte[]) Objects.requireNonNull(
                        STORE.call(redis, List.of(secretKey), List.of(secret == null ? random() : secret))));
    }

    private static byte[] random() {
        byte[] bytes = new byte[SECRET_BYTES];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    private void use(byte[] there) {
        if (Arrays.equals(there, secret)) {
            return;
        }
        try {
            Mac made = Mac.getInstance(ALGORITHM);
            made.init(new SecretKeySpec(there, ALGORITHM));
            secret = there;
            mac = made;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The value of the field: the name of the queue, and its signature.
     *
     * @param queue key of the work queue
     * @param fields the other fields of the frame there
     */
    byte[] sign(String queue, Fields fields) {
        byte[] name = queue.startsWith(queues)
                ? queue.substring(queues.length()).getBytes(StandardCharsets.UTF_8)
                : new byte[0];
        byte[] signed = Base64.getUrlEncoder().withoutPadding().encode(digest(name, fields));
        byte[] value = Arrays.copyOf(name, name.length + 1 + signed.length);
        value[name.length] = ' ';
        System.arraycopy(signed, 0, value, name.length + 1, signed.length);
        return value;
    }

    /** The key of the work queue to which an instance handed off a frame of these fields; null: nobody did. */
    @Nullable
    String queueOf(Fields fields) {
        String value = fields.text(QueuedFrame.SIGNATURE);
        int space = value == null ? -1 : value.lastIndexOf(' ');
        if (value == null || space < 0) {
            return null;
        }
        String queue = queues + value.substring(0, space);
        return MessageDigest.isEqual(sign(queue, fields), value.getBytes(StandardCharsets.UTF_8)) ? queue : null;
    }

    private byte[] digest(byte[] queue, Fields fields) {
        Mac with = mac;
        if (with == null) {
            throw new IllegalStateException("the secret was not read yet");
        }
        Arrays.fill(covered, null);
        for (int f = 0; f < fields.size(); f++) {
            int name = COVERED.indexOf(fields.name(f));
            if (name >= 0) {
                covered[name] = fields.value(f);
            }
        }
        part(with, queue);
        for (byte[] value : covered) {
            part(with, value);
        }
        return Arrays.copyOf(with.doFinal(), BYTES);
    }

    /** The length goes first, so that no two lists of parts are the same bytes. */
    private static void part(Mac with, byte @Nullable [] value) {
        int length = value == null ? -1 : value.length;
        with.update((byte) (length >> 24));
        with.update((byte) (length >> 16));
        with.update((byte) (length >> 8));
        with.update((byte) length);
        if (value != null) {
            with.update(value);
        }
    }
}
