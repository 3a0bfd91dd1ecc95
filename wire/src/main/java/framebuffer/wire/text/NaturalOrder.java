package framebuffer.wire.text;

import java.util.Comparator;

/**
 * Natural order of names: compares numbers by value, so that {@code load-2} comes before {@code load-10}. Only identical names are equal.
 */
public final class NaturalOrder implements Comparator<String> {
    /** The only instance. */
    public static final NaturalOrder NAMES = new NaturalOrder();

    private NaturalOrder() {
    }

    @Override
    public int compare(String one, String other) {
        int i = 0;
        int j = 0;
        while (i < one.length() && j < other.length()) {
            int order;
            if (isDigit(one.charAt(i)) && isDigit(other.charAt(j))) {
                int end = end(one, i);
                int otherEnd = end(other, j);
                order = number(one.substring(i, end), other.substring(j, otherEnd));
                i = end;
                j = otherEnd;
            } else {
                order = Character.compare(one.charAt(i++), other.charAt(j++));
            }
            if (order != 0) {
                return order;
            }
        }
        int rest = Integer.compare(one.length() - i, other.length() - j);
        return rest != 0 ? rest : one.compareTo(other);
    }

    /** Numbers of any length: without leading zeros, the longer number is greater. */
    private static int number(String one, String other) {
        String digits = significant(one);
        String others = significant(other);
        return digits.length() != others.length()
                ? Integer.compare(digits.length(), others.length())
                : digits.compareTo(others);
    }

    private static String significant(String digits) {
        int zeros = 0;
        while (zeros < digits.length() && digits.charAt(zeros) == '0') {
            zeros++;
        }
        return digits.substring(zeros);
    }

    private static int end(String text, int start) {
        int end = start;
        while (end < text.length() && isDigit(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
