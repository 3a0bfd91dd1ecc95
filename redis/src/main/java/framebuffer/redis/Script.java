package framebuffer.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A Lua script, run whole or not at all. It is sent by its digest, and in full when Redis does not know it yet. */
public final class Script {
    private final byte[] source;
    private final String digest;

    private Script(String flags, List<String> resources) {
        StringBuilder text = new StringBuilder("#!lua").append(flags).append('\n');
        resources.forEach(resource -> text.append(read(resource)));
        source = text.toString().getBytes(StandardCharsets.UTF_8);
        digest = sha1(source);
    }

    /**
     * A script made of these resources, in this order. It runs also when Redis's memory is used up, or none would ever come free: what it
     * takes is bounded, and it frees as much, or helps others to.
     */
    public static Script of(String... resources) {
        return new Script(" flags=allow-oom", List.of(resources));
    }

    /** A script that writes nothing. */
    public static Script reading(String... resources) {
        return new Script(" flags=no-writes", List.of(resources));
    }

    /** Makes Redis know it, so that a pipelined call need not be sent twice. */
    public void load(RedisConnection redis) {
        redis.call("SCRIPT", "LOAD", source);
    }

    /**
     * Runs it and waits for its reply.
     *
     * @throws RedisRefused
     *             when the script answered with an error
     */
    public @Nullable Object call(RedisConnection redis, List<?> keys, List<?> arguments) {
        try {
            begin(redis, keys, arguments);
            return redis.receive();
        } catch (RedisRefused e) {
            if (!e.code().equals("NOSCRIPT")) {
                throw e;
            }
            redis.send("EVAL", line(source, keys, arguments));
            return redis.receive();
        }
    }

    /** What one call of it works on. */
    public record Invocation(List<?> keys, List<?> arguments) {
    }

    /**
     * Runs it so many times, sent all at once.
     *
     * @return for each call its reply, null where that is nothing, or the {@link RedisRefused} that it was answered with
     */
    public List<@Nullable Object> callAll(RedisConnection redis, List<Invocation> calls) {
        calls.forEach(call -> send(redis, call.keys(), call.arguments()));
        List<@Nullable Object> replies = new ArrayList<>(calls.size());
        List<Integer> unknown = new ArrayList<>();
        for (int i = 0; i < calls.size(); i++) {
            try {
                replies.add(redis.receive());
            } catch (RedisRefused e) {
                if (e.code().equals("NOSCRIPT")) {
                    unknown.add(i);
                }
                replies.add(e);
            }
        }
        if (!unknown.isEmpty()) {
            load(redis);
            List<@Nullable Object> again = callAll(redis, unknown.stream().map(calls::get).toList());
            for (int i = 0; i < again.size(); i++) {
                replies.set(unknown.get(i), again.get(i));
            }
        }
        return replies;
    }

    /** Writes a call that names the script in full, so that Redis cannot have forgotten it. */
    public void sendInFull(RedisConnection redis, List<?> keys, List<?> arguments) {
        redis.send("EVAL", line(source, keys, arguments));
    }

    /** The command that runs it, naming it in full: to be one of a transaction. */
    public List<Object> inFull(List<?> keys, List<?> arguments) {
        List<Object> command = line(source, keys, arguments);
        command.addFirst("EVAL");
        return command;
    }

    /** Puts a call on its way; its reply is owed by the connection, in order. Needs {@link #load} before. */
    public void begin(RedisConnection redis, List<?> keys, List<?> arguments) {
        send(redis, keys, arguments);
        redis.flush();
    }

    /** Like {@link #begin}, but what is written goes on its way with the next {@code flush} or {@code receive}. */
    public void send(RedisConnection redis, List<?> keys, List<?> arguments) {
        redis.send("EVALSHA", line(digest, keys, arguments));
    }

    private static List<Object> line(Object script, List<?> keys, List<?> arguments) {
        List<Object> line = new ArrayList<>(2 + keys.size() + arguments.size());
        line.add(script);
        line.add(keys.size());
        line.addAll(keys);
        line.addAll(arguments);
        return line;
    }

    private static String read(String resource) {
        try (InputStream in = Script.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("no script " + resource);
            }
            // What is only for readers need not be sent.
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("--"))
                    .collect(Collectors.joining("\n", "", "\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha1(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
