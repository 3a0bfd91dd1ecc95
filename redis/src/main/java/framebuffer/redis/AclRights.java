package framebuffer.redis;

import framebuffer.wire.Keys;
import java.util.ArrayList;
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
            + "HGET @ f,HSET @ f v,HSETNX @ f v,HDEL @ f,HINCRBY @ f 1,HEXISTS @ f,HLEN @,HMGET @ f,HGETALL @,HSCAN @ 0";
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
                keys.taken(), keys.suspects(), keys.shares(), keys.givenBack(), keys.instances(), keys.candidates(),
                keys.circuits(), keys.polls(), keys.completed(), keys.cameraPolicies(), keys.camerasSeen(),
                keys.control(), keys.backpressure(), keys.waiting(), keys.affinity(),
                keys.deferredClock(), keys.pictures())
                .forEach(key -> needs.add(AclRule.of(key, HASH)));
        List.of(keys.verdict(), keys.backpressureLease(), keys.picturesWanted())
                .forEach(key -> needs.add(AclRule.of(key, STRING)));
        needs.add(new AclRule(keys.instanceName("a"), keys.instanceName("*"), STRING));
        List.of(keys.affinitySeen(), keys.deferredDue()).forEach(key -> needs.add(AclRule.of(key, SORTED)));
        return new AclRights(needs);
    }

    /**
     * The rights of a processor that reads and answers.
     *
     * @param queue key of its queue
     * @param results key of its result stream
     */
    public static AclRights ofProcessor(Keys keys, String queue, String results) {
        String write = "TYPE @,XADD @ * f v,XDEL @ 0";
        return new AclRights(List.of(AclRule.of("", SCRIPTS),
                AclRule.of(queue, "XREADGROUP GROUP g c STREAMS @ >,XACK @ g 0,XDEL @ 0,XPENDING @ g,XINFO GROUPS @,"
                        + "XGROUP CREATE @ g 0"),
                AclRule.of(results, write), AclRule.of(keys.returned(), write),
                AclRule.of(keys.ledger(), "TYPE @,HEXISTS @ f,HINCRBY @ f 1"),
                AclRule.of(keys.parts(), "TYPE @,HGET @ f,HSET @ f v,HDEL @ f"),
                AclRule.of(keys.completed(), "TYPE @,HINCRBY @ f 1"),
                AclRule.of(keys.givenBack(), "TYPE @,HINCRBY @ f 1"),
                AclRule.of(keys.taken(), "TYPE @,HINCRBY @ f 1"),
                AclRule.of(keys.circuits(), "HGET @ f,HSET @ f v,HDEL @ f")));
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
        List<Object> commands = new ArrayList<>();
        needs.forEach(need -> commands.addAll(List.of(need.key(), need.commands())));
        List<?> missing;
        try {
            missing = Replies.list(TRIED.call(redis, List.of(), commands));
        } catch (RedisRefused e) {
            throw e.code().equals("NOPERM")
                    ? new RedisRefused(e.getMessage() + allowing(user, Set.of("+eval", "+evalsha", "+script")), e)
                    : e;
        }
        if (!missing.isEmpty()) {
            throw refused(user, missing);
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
