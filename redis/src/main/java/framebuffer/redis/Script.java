package framebuffer.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A Lua script. It is sent by its digest, and in full if Redis does not know it. */
public final class Script {
    private final byte[] source;
    private final String digest;

    private static final String WRITES = " flags=allow-oom";
    private static final Pattern CALL = Pattern.compile("redis\\.p?call\\('([A-Z]+)'(?:, '([A-Z]+)')?");
    private static final Set<String> WITH_SUBCOMMAND = Set.of("XINFO", "XGROUP");
    /** Commands that scripts do without if they are refused. */
    private static final Set<String> DISPENSABLE = Set.of("PUBLISH", "INFO");

    private Script(String flags, String text) {
        source = ("#!lua" + flags + '\n' + text).getBytes(StandardCharsets.UTF_8);
        digest = sha1(source);
    }

    private static String text(String... resources) {
        return Arrays.stream(resources).map(Script::read).collect(Collectors.joining());
    }

    private static String checked(String text) {
        String commands = CALL.matcher(text).results().filter(call -> !DISPENSABLE.contains(call.group(1)))
                .map(call -> WITH_SUBCOMMAND.contains(call.group(1))
                        ? call.group(1) + ' ' + call.group(2)
                        : call.group(1))
                .distinct().sorted().map(command -> '\'' + command + '\'').collect(Collectors.joining(","));
        return commands.isEmpty() ? text : read("check_commands.lua").replace("%COMMANDS%", commands) + text;
    }

    /**
     * A script from these resources, in this order. It runs even when Redis's memory is full, because such scripts free memory: each writes
     * a bounded amount, and frees as much or helps others to. It does nothing when the Redis user may not run one of its commands.
     */
    public static Script of(String... resources) {
        return new Script(WRITES, checked(text(resources)));
    }

    /** Like {@link #of}, but the script itself or its caller checks the rights: it is called for each frame, or must do what it still can. */
    public static Script unchecked(String... resources) {
        return new Script(WRITES, text(resources));
    }

    /** A script that writes nothing. */
    public static Script reading(String... resources) {
        return new Script(" flags=no-writes", text(resources));
    }

    /** Loads the script into Redis, which pipelined calls require. */
    public void load(RedisConnection redis) {
        redis.call("SCRIPT", "LOAD", source);
    }

    /**
     * Runs the script and waits for its reply.
     *
     * @throws RedisRefused when the script returned an error
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

    /** The keys and arguments of one call. */
    public record Invocation(List<?> keys, List<?> arguments) {
    }

    /**
     * Runs the script once for each call, in one pipeline.
     *
     * @return for each call its reply (may be null) or its {@link RedisRefused}
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

    /** Buffers a call that contains the whole script, so that Redis need not know it. */
    public void sendInFull(RedisConnection redis, List<?> keys, List<?> arguments) {
        redis.send("EVAL", line(source, keys, arguments));
    }

    /** The command that runs the script and contains all of it, for a transaction. */
    public List<Object> inFull(List<?> keys, List<?> arguments) {
        List<Object> command = line(source, keys, arguments);
        command.addFirst("EVAL");
        return command;
    }

    /** Sends a call; the connection receives its reply in order. Call {@link #load} before. */
    public void begin(RedisConnection redis, List<?> keys, List<?> arguments) {
        send(redis, keys, arguments);
        redis.flush();
    }

    /** Like {@link #begin}, but the next {@code flush} or {@code receive} sends the call. */
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
            // Do not send comments.
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
