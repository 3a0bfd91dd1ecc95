package framebuffer.redis;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.args.Rawable;

/**
 * The next command of a connection. Each connection reuses one buffer, so that commands create almost no garbage: Jedis reads each part
 * once, in order, and keeps none.
 */
final class CommandBuffer extends CommandArguments {
    /** Cached small numbers, mostly indexes of queues. */
    private static final byte[][] SMALL = IntStream.range(0, 256)
            .mapToObj(number -> Integer.toString(number).getBytes(StandardCharsets.US_ASCII)).toArray(byte[][]::new);

    private String command = "";
    private List<?> arguments = List.of();

    CommandBuffer() {
        super(() -> new byte[0]);
    }

    /** Sets the command. */
    void say(String verb, List<?> words) {
        for (Object word : words) {
            if (!(word instanceof byte[] || word instanceof String || word instanceof Long
                    || word instanceof Integer)) {
                throw new IllegalArgumentException("cannot send a " + word.getClass());
            }
        }
        this.command = verb;
        this.arguments = words;
    }

    @Override
    public int size() {
        return 1 + arguments.size();
    }

    @Override
    public Iterator<Rawable> iterator() {
        return new BufferedArguments();
    }

    /** Returns itself for each part. */
    private final class BufferedArguments implements Iterator<Rawable>, Rawable {
        private int at = -1;

        @Override
        public boolean hasNext() {
            return at + 1 < size();
        }

        @Override
        public Rawable next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            at++;
            return this;
        }

        @Override
        public byte[] getRaw() {
            Object part = at == 0 ? command : arguments.get(at - 1);
            return switch (part) {
                case byte[] bytes -> bytes;
                case Integer number when number >= 0 && number < SMALL.length -> SMALL[number];
                default -> part.toString().getBytes(StandardCharsets.UTF_8);
            };
        }
    }
}
