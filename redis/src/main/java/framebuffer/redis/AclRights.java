package framebuffer.redis;

import framebuffer.wire.Keys;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The rights that the Redis user needs, checked on each new connection before the first write: a script without a right would fail halfway
 * and leave its work half done.
 *
 * @param needs commands, by key
 */
public record AclRights(List<AclRule> needs) {
    /** Checks nothing. */
    public static final AclRights NONE = new AclRights(List.of());

    private static final Script TRIED = Script.reading("check_rights.lua");
    private static final String EXISTENCE = "TYPE @,EXISTS @,DEL @,";
    private static final String STREAM = EXISTENCE
            + "XADD @ * f v,XREADGROUP GROUP g c STREAMS @ >,XACK @ g 0,XDEL @ 0,XTRIM @ MAXLEN 1,XLEN @,XRANGE @ - +,"
            + "XREVRANGE @ + -,XPENDING @ g,XCLAIM @ g c 0 0,XINFO GROUPS @,XINFO CONSUMERS @ g,XINFO STREAM @,"
            + "XGROUP CREATE @ g 0,XGROUP SETID @ g 0,XGROUP DESTROY @ g,XGROUP DELCONSUMER @ g c";
    private static final String HASH = EXISTENCE
            + "HGET @ f,HSET @ f v,HSETNX @ f v,HDEL @ f,HINCRBY @ f 1,HEXISTS @ f,HLEN @,HMGET @ f,HGETALL @,HKEYS @,HSCAN @ 0";
    private static final String STRING = EXISTENCE + "GET @,SET @ v,PEXPIRE @ 1";
    private static final String SORTED = EXISTENCE + "ZADD @ 0 m,ZCARD @,ZREM @ m,ZRANGE @ 0 1,ZRANGEBYSCORE @ 0 1";
    private static final String SCRIPTS = "TIME,EVAL s 0,EVALSHA s 0,SCRIPT LOAD s";
    /** Most rules in one message; more would only fill the log. */
    private static final int MOST_RULES = 20;

    /**
     * Commands that must be allowed on some keys.
     *
     * @param key a sample key; empty: commands without a key
     * @param rule the keys as an ACL pattern
     * @param commands separated by commas, with {@code @} for the key
     */
    public record AclRule(String key, String rule, String commands) {
        private static AclRule of(String key, String commands) {
            return new AclRule(key, key, commands);
        }
    }

    public AclRights {
        needs = List.copyOf(needs);
    }

    /** The rights of an instance in its partition. */
    public static AclRights ofInstance(Keys keys) {
        List<AclRule> needs = new ArrayList<>(List.of(AclRule.of("", "MULTI,EXEC," + SCRIPTS)));
        List.of(keys.capture(), keys.returned(), keys.deadLetter(), keys.shed(), keys.journey(),
                keys.deferred(), keys.affinityChanges(), keys.ledgerChanges())
                .forEach(key -> needs.add(AclRule.of(key, STREAM)));
        needs.add(new AclRule(keys.queue(Keys.READY + "a"), keys.queue(Keys.READY + "*"), STREAM));
        List.of(keys.ledger(), keys.parts(), keys.registry(), keys.health(), keys.departed(), keys.activity(),
                keys.taken(), keys.accepted(), keys.suspects(), keys.shares(), keys.givenBack(), keys.instances(),
                keys.candidates(),
                keys.circuits(), keys.polls(), keys.completed(), keys.cameraPolicies(), keys.camerasSeen(),
                keys.control(), keys.backpressure(), keys.waiting(), keys.affinity(),
                keys.deferredClock(), keys.pictures(), keys.history(), keys.silences())
                .forEach(key -> needs.add(AclRule.of(key, HASH)));
        needs.add(
                AclRule.of(keys.results(), "TYPE @,XADD @ * f v,XDEL @ 0,XTRIM @ MAXLEN 1,XRANGE @ - +,XREVRANGE @ + -,"
                        + "XREAD STREAMS @ 0,XINFO STREAM @"));
        List.of(keys.verdict(), keys.handOffSecret(), keys.backpressureLease(), keys.picturesWanted())
                .forEach(key -> needs.add(AclRule.of(key, STRING)));
        needs.add(new AclRule(keys.instanceName("a"), keys.instanceName("*"), STRING));
        if (keys.gated()) {
            List.of(keys.produced(), keys.legacy(), keys.shadow()).forEach(key -> needs.add(AclRule.of(key, STREAM)));
            needs.add(AclRule.of(keys.migration(), HASH));
            needs.add(AclRule.of(keys.gateLease(), STRING));
        }
        List.of(keys.affinitySeen(), keys.deferredDue()).forEach(key -> needs.add(AclRule.of(key, SORTED)));
        needs.add(AclRule.of(keys.journeyRepeated(), EXISTENCE
                + "ZADD @ GT 0 m,ZMSCORE @ m,ZREMRANGEBYSCORE @ 0 1,ZREMRANGEBYRANK @ 0 1"));
        return new AclRights(needs);
    }

    /** The rights of an instance that publishes results. */
    public static AclRights ofPublisher(Keys keys) {
        return new AclRights(
                List.of(AclRule.of("", SCRIPTS), AclRule.of(keys.results(), "TYPE @,XINFO STREAM @,XREAD STREAMS @ 0"),
                        AclRule.of(keys.resultCursors(), HASH), AclRule.of(keys.notifications(), HASH),
                        AclRule.of(keys.publisherLease(), STRING)));
    }

    /**
     * The rights of a processor that reads and answers.
     *
     * @param queue key of its queue
     * @param results key of its result stream
     */
    public static AclRights ofProcessor(Keys keys, String queue, String results) {
        return new AclRights(List.of(AclRule.of("", "EVAL s 0,EVALSHA s 0"),
                AclRule.of(queue, "XREADGROUP GROUP g c STREAMS @ >,XACK @ g 0,XDEL @ 0,XPENDING @ g,XINFO STREAM @,"
                        + "XGROUP CREATE @ g 0"),
                AclRule.of(results, "XADD @ * f v"), AclRule.of(keys.returned(), "XADD @ * f v")));
    }

    /**
     * The further rights of a processor that counts its answers in the ledger itself. Without them, the service counts what the processor
     * has acknowledged.
     *
     * @param queue key of its queue
     * @param results key of its result stream
     */
    public static AclRights ofCounting(Keys keys, String queue, String results) {
        String write = "TYPE @,XADD @ * f v,XDEL @ 0";
        return new AclRights(List.of(AclRule.of("", SCRIPTS), AclRule.of(queue, "XINFO GROUPS @"),
                AclRule.of(results, write), AclRule.of(keys.returned(), write),
                AclRule.of(keys.ledger(), "TYPE @,HEXISTS @ f,HINCRBY @ f 1"),
                AclRule.of(keys.parts(), "TYPE @,HGET @ f,HSET @ f v,HDEL @ f"),
                AclRule.of(keys.completed(), "TYPE @,HINCRBY @ f 1"),
                AclRule.of(keys.givenBack(), "TYPE @,HINCRBY @ f 1"),
                AclRule.of(keys.taken(), "TYPE @,HINCRBY @ f 1"), AclRule.of(keys.accepted(), "TYPE @,HSET @ f v"),
                AclRule.of(keys.circuits(), "HGET @ f,HSET @ f v,HDEL @ f")));
    }

    /**
     * The rights of a camera that announces frames.
     *
     * @param pixels whether it stores pixels in the same Redis
     */
    public static AclRights ofProducer(Keys keys, boolean pixels) {
        List<AclRule> needs = new ArrayList<>(List.of(AclRule.of(keys.produced(), "XADD @ * f v")));
        if (pixels) {
            needs.add(new AclRule(keys.pixels("f"), keys.pixels("*"), "SET @ v PX 1"));
        }
        return new AclRights(needs);
    }

    /** Whether the user of this connection has all these rights. */
    public boolean areGranted(RedisConnection redis) {
        return missing(redis).isEmpty();
    }

    /**
     * Checks all rights without executing a command.
     *
     * @param user the user of the connection
     * @throws RedisRefused when a right is missing; names the first, and the ACL rules that grant all
     */
    void ask(RedisConnection redis, String user) {
        if (needs.isEmpty()) {
            return;
        }
        List<?> missing;
        try {
            missing = needs.getFirst().key().isEmpty() ? missing(redis) : notQueued(redis);
        } catch (RedisRefused e) {
            throw e.code().equals("NOPERM")
                    ? new RedisRefused(e.getMessage() + allowing(user, Set.of("+eval", "+evalsha", "+script")), e)
                    : e;
        }
        if (!missing.isEmpty()) {
            throw refused(user, missing);
        }
    }

    private List<?> missing(RedisConnection redis) {
        List<Object> commands = new ArrayList<>();
        needs.forEach(need -> commands.addAll(List.of(need.key(), need.commands())));
        return Replies.list(TRIED.call(redis, List.of(), commands));
    }

    /** Without a script, for a user who may run none: Redis checks the rights when it queues a command, and runs none of them. */
    private List<?> notQueued(RedisConnection redis) {
        List<List<Object>> commands = new ArrayList<>();
        for (int n = 1; n <= needs.size(); n++) {
            for (String command : needs.get(n - 1).commands().split(",", -1)) {
                commands.add(List.of((long) n, command.getBytes(StandardCharsets.UTF_8), 0L, 0L));
            }
        }
        redis.call("MULTI");
        List<List<Object>> missing = commands.stream().filter(one -> !queued(redis, one)).toList();
        redis.call("DISCARD");
        return missing;
    }

    private boolean queued(RedisConnection redis, List<Object> command) {
        String key = needs.get((int) Replies.number(command.getFirst()) - 1).key();
        String[] words = Replies.text(command.get(1)).replace("@", key).split(" ", -1);
        try {
            redis.call(words[0], Arrays.copyOfRange(words, 1, words.length, Object[].class));
            return true;
        } catch (RedisRefused e) {
            return !e.code().equals("NOPERM");
        }
    }

    private RedisRefused refused(String user, List<?> missing) {
        Set<String> rules = new LinkedHashSet<>();
        missing.forEach(one -> rules.addAll(rules(Replies.list(one))));
        List<?> first = Replies.list(missing.getFirst());
        String rule = needs.get((int) Replies.number(first.getFirst()) - 1).rule();
        String what = name(Replies.text(first.get(1))).toUpperCase(Locale.ROOT) + (rule.isEmpty() ? "" : " on " + rule);
        return new RedisRefused("NOPERM the Redis user " + user + " may not run " + what + allowing(user, rules), null);
    }

    private static String allowing(String user, Set<String> rules) {
        return "; nothing is done before it may. ACL SETUSER " + user + " "
                + String.join(" ", rules.stream().limit(MOST_RULES).toList())
                + (rules.size() > MOST_RULES ? " and " + (rules.size() - MOST_RULES) + " more allow it" : " allows it");
    }

    /**
     * If the command is allowed on another key, the key pattern is missing; if another command is allowed on the key, the command is
     * missing.
     */
    private List<String> rules(List<?> missing) {
        String rule = needs.get((int) Replies.number(missing.getFirst()) - 1).rule();
        String command = "+" + name(Replies.text(missing.get(1)));
        if (rule.isEmpty()) {
            return List.of(command);
        }
        String ofKey = "~" + rule;
        if (Replies.number(missing.get(2)) == 1) {
            return List.of(ofKey);
        }
        return Replies.number(missing.get(3)) == 1 ? List.of(command) : List.of(command, ofKey);
    }

    private static String name(String command) {
        return command.split(" ", 2)[0].toLowerCase(Locale.ROOT);
    }
}
