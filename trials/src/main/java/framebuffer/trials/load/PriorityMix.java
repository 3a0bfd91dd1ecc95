package framebuffer.trials.load;

import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The distribution of priorities. The same frame number has the same priority in every run.
 *
 * @param weights priority, 0 to 10 → relative frequency, 1 to 1 000 000
 */
record PriorityMix(Map<Integer, Integer> weights) {
    private static final Pattern PART = Pattern.compile("(\\d{1,2}):(\\d{1,7})");
    private static final int MOST_URGENT = 10;
    private static final int HEAVIEST = 1_000_000;

    PriorityMix {
        weights = new TreeMap<>(weights);
    }

    /**
     * Parses {@code 0:80,5:15,10:5}.
     *
     * @throws IllegalArgumentException with a message that names the fault and the correct form
     */
    static PriorityMix parse(String text) {
        Map<Integer, Integer> weights = new TreeMap<>();
        for (String part : text.split(",", -1)) {
            Matcher form = PART.matcher(part.strip());
            if (!form.matches()) {
                throw new IllegalArgumentException(
                        "\"" + part + "\" is not PRIORITY:WEIGHT; write them like 0:80,5:15,10:5");
            }
            int priority = Integer.parseInt(form.group(1));
            int weight = Integer.parseInt(form.group(2));
            if (priority > MOST_URGENT) {
                throw new IllegalArgumentException("a priority is from 0 to 10, not " + priority);
            }
            if (weight < 1 || weight > HEAVIEST) {
                throw new IllegalArgumentException("a weight is from 1 to " + HEAVIEST + ", not " + weight);
            }
            if (weights.put(priority, weight) != null) {
                throw new IllegalArgumentException("priority " + priority + " occurs twice");
            }
        }
        return new PriorityMix(weights);
    }

    /** The priority of a frame: random, so that it does not depend on the camera. */
    int of(long frame) {
        int left = new SplittableRandom(frame).nextInt(weights.values().stream().mapToInt(Integer::intValue).sum());
        for (Map.Entry<Integer, Integer> one : weights.entrySet()) {
            left -= one.getValue();
            if (left < 0) {
                return one.getKey();
            }
        }
        throw new IllegalStateException("no priority in " + weights);
    }
}
