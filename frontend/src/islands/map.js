// The map: a slider over the days on which something changes. Its countries and its table come from the server.
import { daySlider } from "../shared/days.js";

export default function (element, data, words) {
  daySlider(element, data, words, document.getElementById("choose"), ["#shown"]);
}
