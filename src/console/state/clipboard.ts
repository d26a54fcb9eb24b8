import { ref } from "vue";
import { common } from "../text/common.ts";
import { say } from "../text/language.ts";

/** A short word to the person, shown for a moment. */
export const toast = ref<string | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

export function showToast(text: string): void {
  toast.value = text;
  clearTimeout(timer);
  timer = setTimeout(() => {
    toast.value = null;
  }, 2_500);
}

/** Puts a text on the clipboard, over plain HTTP too, where the newer interface is missing. */
export async function copyText(text: string, shown: string | null = text): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "visually-hidden";
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  showToast(shown === null ? say(common.copied) : `${say(common.copied)} · ${shown}`);
}
