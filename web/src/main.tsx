/** Where the page starts. */
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { show } from "./app/preferences";
import "./app/mantine.css";
import "./app/tokens.css";
import "./app/base.css";

show();
const root = document.getElementById("damask");
if (root) createRoot(root).render(<App />);
