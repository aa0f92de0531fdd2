/** The page as a whole: what every screen stands in, and which address shows which screen. */
import { MantineProvider } from "@mantine/core";
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { createBrowserRouter, RouterProvider } from "react-router";
import { Problem } from "../api/client";
import { Library } from "../screens/library/Library";
import { SECTIONS } from "../screens/settings/sections";
import { AssetWaiting, PageWaiting } from "../ui/Skeletons";
import { words } from "../words";
import { Broken, NotFound } from "./Broken";
import { Frame } from "./Frame";
import { usePreferences } from "./preferences";
import { theme, variables } from "./theme";

const Asset = lazy(() => import("../screens/asset/Asset"));
const Activity = lazy(() => import("../screens/activity/Activity"));
const Quarantine = lazy(() => import("../screens/quarantine/Quarantine"));
const Settings = lazy(() => import("../screens/settings/Settings"));
const SettingsHome = lazy(() => import("../screens/settings/SettingsHome"));
const SignIn = lazy(() => import("../screens/sign-in/SignIn"));
const Setup = lazy(() => import("../screens/setup/Setup"));

function AssetComing() {
  return <AssetWaiting panel={usePreferences().panel} />;
}

const cache = new QueryClient({
  // A session that ended elsewhere: ask who is there, and the frame does the rest.
  queryCache: new QueryCache({
    onError: (error, query) => {
      if (error instanceof Problem && error.status === 401 && query.queryKey[0] !== "session") {
        cache.invalidateQueries({ queryKey: ["session"] });
      }
    },
  }),
  defaultOptions: {
    queries: {
      // Refusals do not change by asking again; silence may.
      retry: (failures, error) =>
        failures < 3 && !(error instanceof Problem && error.status >= 400 && error.status < 500),
      refetchOnWindowFocus: false,
      staleTime: 15_000,
    },
  },
});

const router = createBrowserRouter([
  {
    path: "/setup",
    element: (
      <Suspense>
        <Setup />
      </Suspense>
    ),
    errorElement: <Broken />,
  },
  {
    path: "/sign-in",
    element: (
      <Suspense>
        <SignIn />
      </Suspense>
    ),
    errorElement: <Broken />,
  },
  {
    element: <Frame />,
    errorElement: <Broken />,
    children: [
      {
        errorElement: <Broken />,
        children: [
          { path: "/", element: <Library /> },
          {
            path: "/assets/:id",
            element: (
              <Suspense fallback={<AssetComing />}>
                <Asset />
              </Suspense>
            ),
          },
          {
            path: "/activity",
            element: (
              <Suspense fallback={<PageWaiting title={words.activity.title} />}>
                <Activity />
              </Suspense>
            ),
          },
          {
            path: "/quarantine",
            element: (
              <Suspense fallback={<PageWaiting title={words.quarantine.title} />}>
                <Quarantine />
              </Suspense>
            ),
          },
          {
            path: "/settings",
            element: (
              <Suspense fallback={<PageWaiting title={words.settings.title} />}>
                <Settings />
              </Suspense>
            ),
            children: [
              { index: true, element: <SettingsHome /> },
              ...SECTIONS.map(({ path, Page }) => ({ path, element: <Page /> })),
              { path: "*", element: <NotFound /> },
            ],
          },
          { path: "*", element: <NotFound /> },
        ],
      },
    ],
  },
]);

export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <QueryClientProvider client={cache}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
